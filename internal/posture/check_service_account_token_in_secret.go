package posture

import (
	"fmt"

	"github.com/daysix/daysix/internal/finding"
)

// A token that is kept in a Secret is good until the Secret is deleted, wherever it has been copied to, and whoever may read
// the Secrets of the namespace has it. Tokens that are made for a pod end with the pod.
//
// Fields: type and annotation kubernetes.io/service-account.name of the Secrets of the namespace; the rights of the
// ServiceAccount
// Finds:  one or more Secrets with a token of the pod's ServiceAccount, unless it is known to have no rights
func serviceAccountTokenInSecret() Check {
	return Check{
		ID:        "ServiceAccountTokenInSecret",
		Catalogue: []string{"P12", "S01"},
		Title:     "Long-lived token of the ServiceAccount is kept in a Secret",
		Worst:     finding.Hygiene,
		Find:      findServiceAccountTokenInSecret,
		// No Fix: it is the Secret that has to go.
	}
}

func findServiceAccountTokenInSecret(p *Pod, out *Findings) {
	if p.TokenSecrets.OwnCount == 0 || p.Rights == RightsNone || p.isMirror() {
		return
	}
	field := "Secret " + p.TokenSecrets.Own
	if more := p.TokenSecrets.OwnCount - 1; more > 0 {
		field += fmt.Sprintf(" and %d more", more)
	}
	out.Add(finding.Finding{
		Consequence: finding.Hygiene,
		Field:       field,
		Message:     "Whoever may read Secrets of the namespace has a token of the ServiceAccount that does not expire.",
		Remediation: "Delete the Secret; outside of pods, ask for tokens that expire (kubectl create token).",
	})
}
