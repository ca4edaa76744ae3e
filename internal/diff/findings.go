package diff

import (
	"cmp"
	"slices"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

func findingsOf(r *daysixv1alpha1.PodSecurityReport) []daysixv1alpha1.Finding {
	if r == nil {
		return nil
	}
	return r.Status.Findings
}

// place is where a check looked. What it saw there may change: another image at the same place is no other finding.
type place struct{ check, container, field string }

// findings compares the findings of two reports, place by place. Of several at one place the worst are compared first.
func findings(old, fresh []daysixv1alpha1.Finding) []Finding {
	var out []Finding
	was, is := byPlace(old), byPlace(fresh)
	for at, severities := range is {
		for i, severity := range severities {
			f := Finding{Change: New, Check: at.check, Container: at.container, Field: at.field, Severity: severity}
			if i < len(was[at]) {
				if f.Before = was[at][i]; f.Before == severity {
					continue
				}
				if f.Change = Better; rank(severity) > rank(f.Before) {
					f.Change = Worse
				}
			}
			out = append(out, f)
		}
	}
	for at, severities := range was {
		for _, severity := range severities[min(len(severities), len(is[at])):] {
			out = append(out, Finding{Change: Gone, Check: at.check, Container: at.container, Field: at.field, Severity: severity})
		}
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Change.order(), b.Change.order()), cmp.Compare(rank(b.Severity), rank(a.Severity)), cmp.Compare(a.Check, b.Check),
			cmp.Compare(a.Container, b.Container), cmp.Compare(a.Field, b.Field), cmp.Compare(rank(b.Before), rank(a.Before)),
		)
	})
	return out
}

// byPlace lists the severities of findings by their place, worst first.
func byPlace(all []daysixv1alpha1.Finding) map[place][]daysixv1alpha1.Severity {
	out := make(map[place][]daysixv1alpha1.Severity)
	for i := range all {
		at := place{all[i].Check, all[i].Container, all[i].Field}
		out[at] = append(out[at], all[i].Severity)
	}
	for _, severities := range out {
		slices.SortFunc(severities, func(a, b daysixv1alpha1.Severity) int { return cmp.Compare(rank(b), rank(a)) })
	}
	return out
}
