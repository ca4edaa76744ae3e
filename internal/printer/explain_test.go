package printer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/report"
)

func TestWrapped(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"nothing is a line", "", []string{""}},
		{"what fits stays", "aa bb", []string{"aa bb"}},
		{"a line breaks between words", "aa bb cc dd", []string{"aa bb", "cc dd"}},
		{"a word that is too long breaks anywhere", "a bbbbbbbbbbbb c", []string{"a", "bbbbbb", "bbbbbb", "c"}},
		{"characters count, not bytes", "üüü üü", []string{"üüü üü"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, wrapped(test.in, 6)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainTable has what the samples of the command line do not: conditions, what is missing, and more than fits.
func TestExplainTable(t *testing.T) {
	r := reportOf("shop", "Deployment", "cart", 77, "High")
	r.Spec.WorkloadRef.APIVersion = "apps/v1"
	r.Status.Pods = daysixv1alpha1.PodCounts{Running: 3, Terminating: 1, Worst: "cart-1", DivergentTruncated: 2}
	r.Status.Restart = daysixv1alpha1.Restart{Verdict: "Denied"}
	for i := range 5 {
		r.Status.Restart.RefusedBy = append(r.Status.Restart.RefusedBy, daysixv1alpha1.Refusal{
			Kind: "LimitRange", Name: fmt.Sprint("l", i), Message: "too much", NewerThanPods: i == 0,
		})
	}
	r.Status.Conditions = []daysixv1alpha1.Condition{
		{Type: daysixv1alpha1.ConditionComplete, Status: daysixv1alpha1.ConditionFalse, Message: "Not readable: nodes (Forbidden)."},
	}
	e := &report.Explanation{
		Report:  r,
		Certain: &report.Counts{Pods: 1}, Possible: &report.Counts{Pods: 2, Nodes: 1},
		Exposure: &report.Exposure{Level: "External", Certain: "Cluster", Condition: "The cloud decides."},
		Answers: []report.ExplainedAnswer{{
			Question: finding.ControlNode, Answer: finding.Conditional, Summary: "A profile is missing.",
			Evidence: []daysixv1alpha1.Evidence{{Field: "spec.x"}}, Reached: &report.Counts{Nodes: 1},
		}, {
			Question: finding.ReachExternal, Answer: finding.Yes, Evidence: []daysixv1alpha1.Evidence{
				{Check: "NetworkReachesOutside", Field: "no NetworkPolicy isolates its egress"},
				{Check: "NetworkReachesOutside", Field: "spec.containers[0].env[0].value", Value: "db.example.com:5432 (PostgreSQL)"},
			},
		}},
	}
	for i := range 5 {
		e.Exposure.Ways = append(e.Exposure.Ways, report.ExposureWay{Object: fmt.Sprint("hostPort ", i)})
	}
	var out bytes.Buffer
	if err := ExplainTable(&out, e); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
Workload  Deployment shop/cart (apps/v1)
Pods      3 running, 1 terminating; pods that differ from cart-1, which is the
          worst: 2
Score     77 of 100, High
Reach     Pod: 1 pod; where all conditions hold 2 pods, 1 node
Exposure  External, by hostPort 0, hostPort 1, hostPort 2, 2 more; for certain
          Cluster, the rest if: The cloud decides.
Priority  -
Restart   Denied
          - LimitRange l0, newer than the pods: too much
          - LimitRange l1: too much
          - LimitRange l2: too much
          - 2 more
Top fix   -
Missing   Not readable: nodes (Forbidden).

If one of its pods is compromised
  ControlNode         Conditional  1 node, by spec.x
    if: A profile is missing.
  ReachExternal       Yes
    by NetworkReachesOutside: no NetworkPolicy isolates its egress
    to db.example.com:5432 (PostgreSQL), by spec.containers[0].env[0].value
`, "\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExposureThatIsNotKnownSaysWhatIsMissing(t *testing.T) {
	x := &report.Exposure{
		Level: "Unknown", Certain: "Cluster", Condition: "It cannot be told: services are Forbidden.",
		Ways: []report.ExposureWay{{Object: "hostPort 80"}},
	}
	want := "Unknown, by hostPort 80; for certain Cluster. It cannot be told: services are Forbidden."
	if got := exposureOf(x); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
