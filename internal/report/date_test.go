package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

func TestAReportIsDatedByTheOneThatIsKept(t *testing.T) {
	of := func(uid string, severity daysixv1alpha1.Severity, verdict daysixv1alpha1.RestartVerdict, findings ...daysixv1alpha1.Finding) *daysixv1alpha1.PodSecurityReport {
		r := &daysixv1alpha1.PodSecurityReport{}
		r.Spec.WorkloadRef.UID = uid
		r.Status.Severity, r.Status.Restart.Verdict, r.Status.Findings = severity, verdict, findings
		return r
	}
	at := func(seconds int64) metav1.Time { return metav1.NewTime(time.Unix(seconds, 0).UTC()) }
	found := func(check string, severity daysixv1alpha1.Severity) daysixv1alpha1.Finding {
		return daysixv1alpha1.Finding{Check: check, Severity: severity}
	}
	kept := of("a", "High", "Denied", found("Old", "High"), found("Worse", "Low"), found("Gone", "High"))
	Carry(kept, Published{}, time.Unix(1_000, 0))

	for name, test := range map[string]struct {
		r                 *daysixv1alpha1.PodSecurityReport
		severity, verdict metav1.Time
		findings          []metav1.Time
	}{
		"what is said as before": {of("a", "High", "Denied", found("Old", "High")), at(1_000), at(1_000), []metav1.Time{at(1_000)}},
		"what is less bad":       {of("a", "Low", "Admitted", found("Old", "Low")), metav1.Time{}, metav1.Time{}, []metav1.Time{at(1_000)}},
		"what is worse, and what is new": {
			of("a", "Critical", "Denied", found("Worse", "High"), found("New", "Low")), metav1.Time{}, at(1_000), make([]metav1.Time, 2),
		},
		"another workload of the same name": {of("b", "High", "Denied", found("Old", "High")), metav1.Time{}, metav1.Time{}, make([]metav1.Time, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			Date(test.r, kept)
			got := []metav1.Time{test.r.Status.SeveritySince, test.r.Status.Restart.VerdictSince}
			for i := range test.r.Status.Findings {
				got = append(got, test.r.Status.Findings[i].Since)
			}
			if diff := cmp.Diff(append([]metav1.Time{test.severity, test.verdict}, test.findings...), got); diff != "" {
				t.Errorf("times (-want +got):\n%s", diff)
			}
		})
	}
}
