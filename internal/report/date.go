package report

import (
	"math"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// never is later than any time at which something was told.
const never Seconds = math.MaxUint32

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
		if first := since(&s.Findings[i], &before, never); first != never {
			s.Findings[i].Since = first.time()
		}
	}
}
