package report

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// Date writes into a report that nobody keeps since when the one that is kept has said the same of the same workload. What the
// kept one does not say stays without a time: it may be older than it looks.
func Date(r, kept *daysixv1alpha1.PodSecurityReport) {
	if r.Spec.WorkloadRef.UID != kept.Spec.WorkloadRef.UID {
		return
	}
	before, s := PublishedBy(kept), &r.Status
	if s.Severity == before.Severity {
		s.SeveritySince = before.SeveritySince.time()
	}
	if s.Restart.Verdict == before.Restart {
		s.Restart.VerdictSince = before.RestartSince.time()
	}
	for i := range s.Findings {
		s.Findings[i].Since = told(&s.Findings[i], before.Findings)
	}
}

// told is when a finding was first told, as bad as it is; zero where it is not among those that were seen.
func told(f *daysixv1alpha1.Finding, all []Seen) metav1.Time {
	first := Seconds(0)
	for _, seen := range at(all, placeOf(f)) {
		if int(seen.rank) >= rank(f.Severity) && (first == 0 || seen.since < first) {
			first = seen.since
		}
	}
	return first.time()
}
