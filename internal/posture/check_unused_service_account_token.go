package posture

import "github.com/daysix/daysix/internal/finding"

// A token for a ServiceAccount that may do nothing serves nobody but an attacker, who learns from it that the API server
// knows the pod, and who gains whatever the ServiceAccount is given later. It adds nothing to the score: what the token
// gives is told by ServiceAccountTokenMounted, and what the rights give by the checks of RBAC.
//
// Fields: those of ServiceAccountTokenMounted; the rights of the ServiceAccount
// Finds:  a mounted token, where no binding names the ServiceAccount or those of its namespace and it has no privilege
func unusedServiceAccountToken() Check {
	return Check{
		ID:        "UnusedServiceAccountToken",
		Catalogue: []string{"P12"},
		Title:     "Token is mounted for a ServiceAccount that may do nothing",
		Worst:     finding.Contained,
		Find:      findUnusedServiceAccountToken,
		Breaks:    "A program that waits for the token file, though the token may do nothing, does not find it.",
		Fix:       removeAPITokens,
	}
}

func findUnusedServiceAccountToken(p *Pod, out *Findings) {
	if p.Rights != RightsNone || !p.HoldsAPIToken() {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.Contained,
		Field:       "spec.automountServiceAccountToken",
		Message:     "The token is of no use to the workload: its ServiceAccount may do nothing.",
		Remediation: "Set automountServiceAccountToken: false.",
	})
}
