package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A token for another audience is no use at the API server, but it is a credential for whoever accepts that audience: a
// secret store, an identity provider, another service.
//
// Fields: spec.volumes[*].projected.sources[*].serviceAccountToken.audience
// Finds:  an audience that is neither the API server's nor a cloud's (CloudIdentity), in a mounted volume
func serviceAccountTokenProjected() Check {
	return Check{
		ID:        "ServiceAccountTokenProjected",
		Catalogue: []string{"P12"},
		Title:     "Token for an audience outside of the cluster is mounted",
		Worst:     finding.ReachOutside,
		Find:      findServiceAccountTokenProjected,
		// No Fix: without the token the workload loses its access to the system that it was made for.
	}
}

func findServiceAccountTokenProjected(p *Pod, out *Findings) {
	p.eachProjectedToken(func(volume, source int, token *corev1.ServiceAccountTokenProjection) {
		if apiAudience(token.Audience) || cloudAudience(token.Audience) {
			return
		}
		out.Add(finding.Finding{
			Consequence: finding.ReachOutside,
			Condition:   conditionAudience,
			Field:       tokenField(volume, source) + ".audience",
			Value:       token.Audience,
			Message:     "The token is a credential of the pod at every system that accepts this audience.",
			Remediation: "Keep its rights at that system small; remove the projection where it is unused.",
		})
	})
}
