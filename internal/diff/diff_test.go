package diff

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

func someReports(t *rapid.T, name string) []*daysixv1alpha1.PodSecurityReport {
	severity := func() daysixv1alpha1.Severity {
		return rapid.SampledFrom([]daysixv1alpha1.Severity{"Minimal", "Low", "Medium", "High", "Critical"}).Draw(t, name+" severity")
	}
	var out []*daysixv1alpha1.PodSecurityReport
	for _, workload := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, name) {
		r := &daysixv1alpha1.PodSecurityReport{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}}
		r.Spec.WorkloadRef = daysixv1alpha1.WorkloadReference{APIVersion: "apps/v1", Kind: "Deployment", Name: workload, UID: name}
		s := &r.Status
		s.Severity, s.Score = severity(), rapid.Int32Range(0, 3).Draw(t, name+" score")
		s.UnacceptedSeverity = severity()
		s.Restart.Verdict = rapid.SampledFrom([]daysixv1alpha1.RestartVerdict{"Admitted", "Denied"}).Draw(t, name+" verdict")
		for range rapid.IntRange(0, 4).Draw(t, name+" findings") {
			s.Findings = append(s.Findings, daysixv1alpha1.Finding{
				Check: rapid.SampledFrom([]string{"A", "B"}).Draw(t, name+" check"), Field: rapid.SampledFrom([]string{"", "x"}).Draw(t, name+" field"),
				Severity: severity(),
			})
		}
		out = append(out, r)
	}
	return out
}

// Nothing differs from itself; looked at from the other side new is gone and worse is better, but where something became worse
// and something else better at the same time; every workload is counted once, and every finding on both sides.
func TestDiffProperties(t *testing.T) {
	opposite := map[Change]Change{New: Gone, Gone: New, Worse: Better, Better: Worse}
	rapid.Check(t, func(t *rapid.T) {
		a, b := someReports(t, "a"), someReports(t, "b")
		if same := Reports(a, a); len(same.Workloads) > 0 || same.Counts.Unchanged != len(a) {
			t.Fatalf("differs from itself: %+v", same)
		}
		forth, back := Reports(a, b), Reports(b, a)
		for change, other := range opposite {
			if forth.Counts.Findings[change] != back.Counts.Findings[other] {
				t.Fatalf("findings %s there %d, %s back %d", change, forth.Counts.Findings[change], other, back.Counts.Findings[other])
			}
		}
		if forth.Counts.Workloads[New] != back.Counts.Workloads[Gone] || forth.Counts.Unchanged != back.Counts.Unchanged {
			t.Fatalf("there %v, back %v", forth.Counts, back.Counts)
		}
		for i := range forth.Workloads {
			if w := &forth.Workloads[i]; w.Change == Better && changeOf(&Workload{Before: w.After, After: w.Before}) != Worse {
				t.Fatalf("%s became better, and not worse the other way", w.Workload.Name)
			}
		}
		if got := len(forth.Workloads) + forth.Counts.Unchanged; got != len(union(a, b)) {
			t.Fatalf("%d workloads, there are %d", got, len(union(a, b)))
		}
		count := func(reports []*daysixv1alpha1.PodSecurityReport) (n int) {
			for _, r := range reports {
				n += len(r.Status.Findings)
			}
			return n
		}
		if f := forth.Counts.Findings; f[New]-f[Gone] != count(b)-count(a) {
			t.Fatalf("%d new, %d gone, %d before, %d after", f[New], f[Gone], count(a), count(b))
		}
	})
}

func union(lists ...[]*daysixv1alpha1.PodSecurityReport) map[key]bool {
	out := make(map[key]bool)
	for _, list := range lists {
		for _, r := range list {
			out[keyOf(r)] = true
		}
	}
	return out
}

func TestWhatIsNews(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	hours := func(n int) metav1.Time { return metav1.NewTime(now.Add(-time.Duration(n) * time.Hour)) }
	found := func(severity daysixv1alpha1.Severity, since metav1.Time, by string) daysixv1alpha1.Finding {
		return daysixv1alpha1.Finding{Check: "A", Severity: severity, Since: since, AcceptedBy: by}
	}
	news := Finding{Change: New, Check: "A", Severity: "High"}
	for name, test := range map[string]struct {
		change func(*daysixv1alpha1.PodSecurityReport)
		want   *News
	}{
		"nothing of old":       {func(*daysixv1alpha1.PodSecurityReport) {}, nil},
		"a new workload":       {func(r *daysixv1alpha1.PodSecurityReport) { r.CreationTimestamp = hours(24) }, &News{Workload: true}},
		"a severity that fell": {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.SeveritySince = hours(1) }, nil},
		"pods that came to be refused": {func(r *daysixv1alpha1.PodSecurityReport) {
			r.Status.Restart = daysixv1alpha1.Restart{Verdict: "Denied", VerdictSince: hours(1)}
		}, &News{Restart: true}},
		"pods that came to be admitted": {func(r *daysixv1alpha1.PodSecurityReport) {
			r.Status.Restart = daysixv1alpha1.Restart{Verdict: "Admitted", VerdictSince: hours(1)}
		}, nil},
		"a finding":                        {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0] = found("High", hours(1), "") }, &News{Findings: []Finding{news}}},
		"a finding that somebody accepted": {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0] = found("High", hours(1), "e") }, nil},
		"a severity that rose with it": {
			func(r *daysixv1alpha1.PodSecurityReport) {
				r.Status.SeveritySince, r.Status.Findings[0] = hours(1), found("High", hours(1), "")
			}, &News{Severity: true, Findings: []Finding{news}},
		},
		"what nobody knows the time of": {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0].Since = metav1.Time{} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := &daysixv1alpha1.PodSecurityReport{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: hours(100)}}
			r.Status.Severity, r.Status.SeveritySince = "High", hours(100)
			r.Status.Findings = []daysixv1alpha1.Finding{found("High", hours(25), "")}
			test.change(r)
			if diff := cmp.Diff(test.want, newsOf(r, now.Add(-24*time.Hour))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if rows := Top([]*daysixv1alpha1.PodSecurityReport{r}, now.Add(-24*time.Hour)); (len(rows) > 0) != (test.want != nil) {
				t.Errorf("listed: %v", rows)
			}
		})
	}
}

func TestTheWorstStandsAbove(t *testing.T) {
	var reports []*daysixv1alpha1.PodSecurityReport
	for i, priority := range []daysixv1alpha1.Priority{"", "P3", "P1", "P1", "P2"} {
		r := &daysixv1alpha1.PodSecurityReport{}
		r.Spec.WorkloadRef.Name, r.Status.Priority, r.Status.Score = fmt.Sprint(i), priority, int32(90-i%3*10)
		r.Status.Findings = []daysixv1alpha1.Finding{{Check: "A", AcceptedBy: "e"}, {Check: "B"}}
		reports = append(reports, r)
	}
	got := ""
	for _, row := range Top(reports, time.Time{}) {
		got += row.Workload.Name + row.Worst + " "
	}
	if got != "3B 2B 4B 1B 0B " {
		t.Errorf("order %s", got)
	}
}
