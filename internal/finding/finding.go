package finding

import (
	"cmp"
	"slices"
	"strings"
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
	if c := cmp.Compare(b.Tier(), a.Tier()); c != 0 {
		return c
	}
	return compareInTier(&a, &b)
}

// compareInTier looks at the next field only where all before it are equal: it runs for every pair of every pod.
func compareInTier(a, b *Finding) int {
	if c := strings.Compare(string(a.Check), string(b.Check)); c != 0 {
		return c
	}
	if c := strings.Compare(a.Container, b.Container); c != 0 {
		return c
	}
	if c := strings.Compare(a.Field, b.Field); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.Value, b.Value),
		strings.Compare(a.Message, b.Message),
		strings.Compare(string(a.Consequence), string(b.Consequence)),
		strings.Compare(a.Condition, b.Condition),
		strings.Compare(a.Remediation, b.Remediation),
		cmp.Compare(a.Hops, b.Hops),
		slices.CompareFunc(a.Also, b.Also, compareEffects),
	)
}

func compareEffects(a, b Effect) int {
	return cmp.Or(strings.Compare(string(a.Consequence), string(b.Consequence)), strings.Compare(a.Condition, b.Condition))
}

// Sort puts findings in the order in which they are reported.
func Sort(findings []Finding) { copy(findings, Sorted(findings)) }

// Sorted is a copy of the findings in the order in which they are reported. Findings are large, so their places are
// sorted, and each finding is moved once.
func Sorted(findings []Finding) []Finding {
	if len(findings) == 0 {
		return nil
	}
	type place struct {
		tier  Tier
		index int
	}
	places := make([]place, len(findings))
	for i := range findings {
		places[i] = place{findings[i].Tier(), i}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.tier != b.tier {
			return int(b.tier - a.tier)
		}
		return compareInTier(&findings[a.index], &findings[b.index])
	})
	sorted := make([]Finding, len(findings))
	for i := range places {
		sorted[i] = findings[places[i].index]
	}
	return sorted
}
