package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A pod with an identity of the cloud can call the cloud's API with it: what an intruder reaches there is beyond the
// cluster, its network policies and its RBAC.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].env[*].name,
// spec.volumes[*].projected.sources[*].serviceAccountToken.audience
// Finds:  the variables that the clouds' SDKs read, once for each container; else a mounted token for a cloud's audience
func cloudIdentity() Check {
	return Check{
		ID:        "CloudIdentity",
		Catalogue: []string{"X05"},
		Title:     "Pod holds an identity of the cloud",
		Worst:     finding.ReachOutside,
		Find:      findCloudIdentity,
		// No Fix: without its identity the workload loses its access; what helps is a role that may do less.
	}
}

func findCloudIdentity(p *Pod, out *Findings) {
	found := finding.Finding{
		Consequence: finding.ReachOutside,
		Message:     "Whoever runs code in the pod can call the cloud's API as the identity that it was given.",
		Remediation: "Give the cloud role the permissions that the workload needs only, and no wildcard.",
	}
	named := false
	for i := range p.Containers {
		c := &p.Containers[i]
		if j := cloudVariable(c.Env); j >= 0 {
			found.Container, found.Field, found.Value = c.Name, c.Path("env["+strconv.Itoa(j)+"].name"), c.Env[j].Name
			out.Add(found)
			named = true
		}
	}
	if named {
		return
	}
	found.Container = ""
	p.eachProjectedToken(func(volume, source int, token *corev1.ServiceAccountTokenProjection) {
		if cloudAudience(token.Audience) {
			found.Field, found.Value = tokenField(volume, source)+".audience", token.Audience
			out.Add(found)
		}
	})
}

// cloudVariable is the index of the first variable that hands a cloud identity to an SDK, or -1.
func cloudVariable(env []corev1.EnvVar) int {
	for i := range env {
		switch env[i].Name {
		case "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
			"AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "GOOGLE_APPLICATION_CREDENTIALS":
			return i
		}
	}
	return -1
}
