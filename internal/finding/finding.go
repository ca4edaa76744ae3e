package finding

import (
	"cmp"
	"slices"
)

// CheckID is the readable name of a check, in the field's own words: HostPathRuntimeSocket, CapabilitySysAdmin.
type CheckID string

// Finding is one fact about a pod that widens its blast radius, with the exact place where it stands.
type Finding struct {
	Check CheckID
	// Consequence is what the fact lets an attacker do.
	Consequence Consequence
	// Condition names the fact that decides whether the consequence holds and that the API does not show.
	// Empty: the consequence is certain.
	Condition string
	// Also are further consequences of the same fact, none of them of a higher tier.
	Also []Effect
	// Hops is the length of the way there; 0 and 1 count alike.
	Hops int
	// Container is the name of the container, empty where the fact concerns the whole pod.
	Container string
	// Field is the path from the pod, such as spec.containers[0].securityContext.privileged.
	Field string
	// Value is what stands there; empty where the field is unset. It never holds a secret.
	Value string
	// Message is the consequence in one sentence.
	Message string
	// Remediation is the change that removes the finding.
	Remediation string
}

// Effect is a consequence with the condition that decides it, empty where it is certain.
type Effect struct {
	Consequence Consequence
	Condition   string
}

// Leads tells whether the fact leads to a consequence that is wanted, and on what condition: an effect that is certain
// beats one that is not.
func (f *Finding) Leads(wanted func(Consequence) bool) (condition string, ok bool) {
	if wanted(f.Consequence) {
		condition, ok = f.Condition, true
	}
	for i := range f.Also {
		if (!ok || condition != "") && wanted(f.Also[i].Consequence) {
			condition, ok = f.Also[i].Condition, true
		}
	}
	return condition, ok
}

// Tier is the tier of the consequence, one lower where a condition decides it.
func (f *Finding) Tier() Tier {
	tier := f.Consequence.Weight().Tier
	if f.Condition != "" && tier > 0 {
		tier--
	}
	return tier
}

// Severity is the severity of the finding's tier.
func (f *Finding) Severity() Severity { return f.Tier().Severity() }

// Compare orders findings worst first, then by check, container and field. Only equal findings compare as equal.
func Compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Tier(), a.Tier()),
		cmp.Compare(a.Check, b.Check),
		cmp.Compare(a.Container, b.Container),
		cmp.Compare(a.Field, b.Field),
		cmp.Compare(a.Value, b.Value),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Consequence, b.Consequence),
		cmp.Compare(a.Condition, b.Condition),
		cmp.Compare(a.Remediation, b.Remediation),
	)
}

// Sort puts findings in the order in which they are reported.
func Sort(findings []Finding) { slices.SortFunc(findings, Compare) }
