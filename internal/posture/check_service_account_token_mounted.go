package posture

import "github.com/daysix/daysix/internal/finding"

// A mounted token makes whoever reads it the pod's ServiceAccount at the API server. What that identity may do is scored
// from RBAC; the token alone tells about the cluster.
//
// Fields: spec.automountServiceAccountToken, that of the ServiceAccount,
// spec.volumes[*].projected.sources[*].serviceAccountToken
// Finds:  automount true or unset on both; a mounted projection for the API server, which ignores automount
func serviceAccountTokenMounted() Check {
	return Check{
		ID:        "ServiceAccountTokenMounted",
		Catalogue: []string{"P12"},
		Title:     "Token of the ServiceAccount is mounted",
		Worst:     finding.Recon,
		Find:      findServiceAccountTokenMounted,
		Breaks:    "A program that calls the API server of the cluster gets no token.",
		Fix:       removeAPITokens,
	}
}

func findServiceAccountTokenMounted(p *Pod, out *Findings) {
	found := finding.Finding{
		Consequence: finding.Recon,
		Message:     "Whoever runs code in the pod can act as its ServiceAccount at the API server.",
		Remediation: "Set automountServiceAccountToken: false where the workload does not call the API server.",
	}
	switch {
	case !p.automountsToken():
		found.Field = p.projectedAPIToken()
		if found.Field == "" {
			return
		}
		found.Remediation = "Remove the token projection where the workload does not call the API server."
	case isTrue(p.Spec.AutomountServiceAccountToken):
		found.Field, found.Value = "spec.automountServiceAccountToken", "true"
	default:
		found.Field = "spec.automountServiceAccountToken"
	}
	out.Add(found)
}
