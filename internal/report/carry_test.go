package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/exception"
)

// someSaying is a small report: few places, so that findings meet again.
func someSaying(t *rapid.T, name string) *daysixv1alpha1.PodSecurityReport {
	severities := []daysixv1alpha1.Severity{"Minimal", "Low", "Medium", "High", "Critical"}
	severity := func(of string) daysixv1alpha1.Severity { return rapid.SampledFrom(severities).Draw(t, name+of) }
	r := &daysixv1alpha1.PodSecurityReport{}
	s := &r.Status
	s.Severity, s.Score = severity(""), rapid.Int32Range(0, 100).Draw(t, name+"score")
	s.UnacceptedSeverity = s.Severity
	s.Restart.Verdict = rapid.SampledFrom([]daysixv1alpha1.RestartVerdict{"Admitted", "Denied", "Unknown"}).Draw(t, name+"verdict")
	for i := range rapid.IntRange(0, 6).Draw(t, name+"findings") {
		s.Findings = append(s.Findings, daysixv1alpha1.Finding{
			Check: rapid.SampledFrom([]string{"A", "B"}).Draw(t, name+"check"), Field: rapid.SampledFrom([]string{"", "x"}).Draw(t, name+"field"),
			Severity: severity("of finding"), Value: fmt.Sprint(i),
		})
	}
	complete := daysixv1alpha1.ConditionTrue
	if rapid.Bool().Draw(t, name+"lost") {
		complete = daysixv1alpha1.ConditionFalse
	}
	s.Conditions = []daysixv1alpha1.Condition{{Type: daysixv1alpha1.ConditionComplete, Status: complete}}
	return r
}

// Whatever a workload's report goes through: saying the same again changes no byte, not after a restart either; times never
// lie in the future, and never move back to before something was first said.
func TestSinceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var before Published
		first := map[uint64]int64{} // by place
		for step := range rapid.IntRange(1, 8).Draw(t, "steps") {
			now := time.Unix(1_000+int64(step)*10, 999)
			desired := someSaying(t, fmt.Sprint(step, " "))
			said := desired.DeepCopy()
			says := Carry(said, before, now)
			again := desired.DeepCopy()
			if Carry(again, says, now.Add(time.Hour)); !cmp.Equal(said, again) {
				t.Fatalf("saying the same changes (-first +again):\n%s", cmp.Diff(said, again))
			}
			restarted := desired.DeepCopy()
			if Carry(restarted, PublishedBy(said), now.Add(time.Hour)); !cmp.Equal(said, restarted) {
				t.Fatalf("a restart changes (-before +after):\n%s", cmp.Diff(said, restarted))
			}
			for i := range said.Status.Findings {
				f := &said.Status.Findings[i]
				place := placeOf(f)
				if _, seen := first[place]; !seen {
					first[place] = now.Unix()
				}
				if f.Since.Unix() < first[place] || f.Since.Unix() > now.Unix() {
					t.Fatalf("%s is since %d, first seen at %d, now %d", f.Check, f.Since.Unix(), first[place], now.Unix())
				}
			}
			before = says
		}
	})
}

// An exception marks findings and lowers what nobody accepted; taking it away restores every byte.
func TestAnExceptionChangesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := someAssessment(rapid.SampledFrom([]int{3, 40}).Draw(t, "most findings")).Draw(t, "assessment")
		plain := Build(a)
		a.Accepted = exception.Acceptance{By: make([]string, len(a.Findings))}
		for i := range a.Findings {
			a.Accepted.By[i] = rapid.SampledFrom([]string{"", "", "one", "two"}).Draw(t, "accepted by")
		}
		accepted := Build(a)
		if rank(accepted.Status.UnacceptedSeverity) > rank(accepted.Status.Severity) {
			t.Fatalf("unaccepted %s, all %s", accepted.Status.UnacceptedSeverity, accepted.Status.Severity)
		}
		worst := 0
		for i := range a.Findings {
			if a.Accepted.Of(i) == "" {
				worst = max(worst, a.Findings[i].Severity().Rank())
			}
		}
		if got := rank(accepted.Status.UnacceptedSeverity); got < worst {
			t.Fatalf("unaccepted %s, but a finding of rank %d is not accepted", accepted.Status.UnacceptedSeverity, worst)
		}
		for i := range accepted.Status.Findings {
			if accepted.Status.Findings[i].AcceptedBy != a.Accepted.Of(i) {
				t.Fatalf("finding %d is accepted by %q", i, accepted.Status.Findings[i].AcceptedBy)
			}
			accepted.Status.Findings[i].AcceptedBy = ""
		}
		// A name takes room, so the last findings may be left out for it.
		kept := len(accepted.Status.Findings)
		accepted.Status.UnacceptedSeverity = plain.Status.UnacceptedSeverity
		shortened := plain.DeepCopy()
		shortened.Status.Findings = shortened.Status.Findings[:kept:kept]
		shortened.Status.FindingsTruncated = int32(len(a.Findings) - kept)
		if kept == 0 {
			shortened.Status.Findings = nil
		}
		if diff := cmp.Diff(shortened, accepted); diff != "" {
			t.Fatalf("an exception changes (-without +with):\n%s", diff)
		}
		a.Accepted = exception.Acceptance{}
		if diff := cmp.Diff(encode(t, plain), encode(t, Build(a))); diff != "" {
			t.Fatalf("without the exception (-before +after):\n%s", diff)
		}
	})
}

func TestAPriorityIsNotLoweredByALoss(t *testing.T) {
	for name, test := range map[string]struct {
		before, now, want daysixv1alpha1.Priority
		complete          daysixv1alpha1.ConditionStatus
	}{
		"a lower one is held while a source is missing": {"P1", "P3", "P1", daysixv1alpha1.ConditionFalse},
		"a higher one counts":                           {"P3", "P2", "P2", daysixv1alpha1.ConditionFalse},
		"a lower one counts once all are read":          {"P1", "P3", "P3", daysixv1alpha1.ConditionTrue},
		"without one before there is nothing to hold":   {"", "P4", "P4", daysixv1alpha1.ConditionFalse},
	} {
		t.Run(name, func(t *testing.T) {
			r := &daysixv1alpha1.PodSecurityReport{}
			r.Status.Priority = test.now
			r.Status.Conditions = []daysixv1alpha1.Condition{{Type: daysixv1alpha1.ConditionComplete, Status: test.complete}}
			says := Carry(r, Published{Severity: "High", Priority: test.before}, time.Unix(1_000, 0))
			if r.Status.Priority != test.want || says.Priority != test.want {
				t.Errorf("said %s, kept %s, want %s", r.Status.Priority, says.Priority, test.want)
			}
		})
	}
}
