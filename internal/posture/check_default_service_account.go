package posture

import (
	"cmp"

	"github.com/daysix/daysix/internal/finding"
)

// Every pod of a namespace that names no ServiceAccount shares the one called default: a right that one of them needs is
// given to all.
//
// Fields: spec.serviceAccountName, and those of ServiceAccountTokenMounted
// Finds:  empty, default; only where a token of it is within reach of a container
func defaultServiceAccount() Check {
	return Check{
		ID:        "DefaultServiceAccount",
		Catalogue: []string{"Hygiene"},
		Title:     "Pod uses the default ServiceAccount of its namespace",
		Worst:     finding.Hygiene,
		Find:      findDefaultServiceAccount,
		Breaks:    "A program that calls the API server of the cluster gets no token.",
		Fix:       removeAPITokens,
	}
}

func findDefaultServiceAccount(p *Pod, out *Findings) {
	name := cmp.Or(p.Spec.ServiceAccountName, p.Spec.DeprecatedServiceAccount)
	if name != "" && name != "default" || !p.HoldsAPIToken() {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.Hygiene,
		Field:       "spec.serviceAccountName",
		Value:       name,
		Message:     "The pod shares its identity with all pods of the namespace that name none.",
		Remediation: "Set automountServiceAccountToken: false, or a serviceAccountName of its own.",
	})
}
