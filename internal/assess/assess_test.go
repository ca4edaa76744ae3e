package assess

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

const privileged finding.CheckID = "PrivilegedContainer"

func spec(change ...func(*corev1.Container)) *corev1.PodSpec {
	s := &corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "shop/app:1"}}}
	for _, c := range change {
		c(&s.Containers[0])
	}
	return s
}

func makePrivileged(c *corev1.Container) {
	c.SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
}

func image(name string) func(*corev1.Container) { return func(c *corev1.Container) { c.Image = name } }

func group(s *corev1.PodSpec, pods ...string) snapshot.Group {
	return snapshot.Group{Shape: &snapshot.Shape{Spec: s}, Pods: pods}
}

func viewOf(groups ...snapshot.Group) *snapshot.View {
	v := &snapshot.View{Workload: snapshot.Workload{Key: snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "cart"}}, Groups: groups}
	for _, g := range groups {
		v.Running += len(g.Pods)
	}
	return v
}

func answerTo(a *Assessment, question finding.Question) finding.Answer {
	for _, answer := range a.Answers {
		if answer.Question == question {
			return answer
		}
	}
	return finding.Answer{}
}

func TestWorstPodIsTheVerdict(t *testing.T) {
	a := New(posture.Settings{})
	got := a.Assess(viewOf(group(spec(), "a", "c"), group(spec(makePrivileged), "b")), Around{})
	alone := a.Assess(viewOf(group(spec(makePrivileged), "b")), Around{})
	if diff := cmp.Diff(alone.Verdict, got.Verdict); diff != "" {
		t.Errorf("verdict is not that of the worst pod (-worst +got):\n%s", diff)
	}
	if got.Worst != "b" || got.Basis != RunningPods || got.Running != 3 {
		t.Errorf("worst %q, basis %s, running %d", got.Worst, got.Basis, got.Running)
	}
	calm := a.Assess(viewOf(group(spec(), "a")), Around{}).Score.Score
	var divergent []Divergence
	for _, d := range got.Divergent {
		for _, id := range d.NotHere {
			if id == privileged {
				divergent = append(divergent, Divergence{Pod: d.Pod, Score: d.Score})
			}
		}
	}
	if diff := cmp.Diff([]Divergence{{Pod: "a", Score: calm}, {Pod: "c", Score: calm}}, divergent); diff != "" {
		t.Errorf("divergent pods differ (-want +got):\n%s", diff)
	}
}

func TestPodsOfOneVerdictDoNotDiverge(t *testing.T) {
	got := New(posture.Settings{}).Assess(viewOf(group(spec(image("shop/app:1")), "a"), group(spec(image("shop/app:2")), "b")), Around{})
	if got.Worst != "" || len(got.Divergent) > 0 {
		t.Fatalf("worst %q, divergent %+v", got.Worst, got.Divergent)
	}
}

func TestBasisOfAnAssessment(t *testing.T) {
	a := New(posture.Settings{})
	t.Run("the template counts where no pod runs", func(t *testing.T) {
		v := viewOf()
		v.Template = ptr.To(group(spec(makePrivileged)))
		got := a.Assess(v, Around{})
		running := a.Assess(viewOf(group(spec(makePrivileged), "a")), Around{})
		if diff := cmp.Diff(running, got, cmpopts.IgnoreFields(Assessment{}, "Basis", "Running")); diff != "" || got.Basis != Template {
			t.Fatalf("basis %s; differs (-running +template):\n%s", got.Basis, diff)
		}
	})
	t.Run("without a template every answer is Unknown", func(t *testing.T) {
		got := a.Assess(viewOf(), Around{})
		if got.Basis != NoTemplate || got.Score.Score != 0 || got.Reach != finding.ReachPod || len(got.Answers) != 7 {
			t.Fatalf("got %+v", got)
		}
		for _, answer := range got.Answers {
			if answer.Verdict != finding.Unknown || answer.Reason != finding.ReasonNoTemplate {
				t.Errorf("%s is %s, reason %s", answer.Question, answer.Verdict, answer.Reason)
			}
		}
	})
}

func TestBecomeClusterAdmin(t *testing.T) {
	onControlPlane := group(spec(makePrivileged), "a")
	onControlPlane.Placement.ControlPlane = true
	asUser := group(spec(makePrivileged), "a")
	asUser.Placement.ControlPlane = true
	asUser.Shape.Users = map[string]int64{"app": 1000}
	nodesForbidden := viewOf(group(spec(makePrivileged), "a"))
	nodesForbidden.Unavailable = []snapshot.SourceStatus{{Source: snapshot.Nodes, State: snapshot.Forbidden}}
	otherMissing := viewOf(onControlPlane)
	otherMissing.Unavailable = []snapshot.SourceStatus{{Source: snapshot.Namespaces, State: snapshot.Forbidden}}

	for name, test := range map[string]struct {
		view    *snapshot.View
		verdict finding.Verdict
		reason  string
		tier    finding.Tier
		reach   finding.Reach
	}{
		"root on a worker is not evaluated yet": {viewOf(group(spec(makePrivileged), "a")), finding.Unknown, finding.ReasonNotEvaluated, 4, finding.ReachNode},
		"root on the control plane":             {viewOf(onControlPlane), finding.Yes, "", 5, finding.ReachCluster},
		"another user on the control plane":     {viewOf(asUser), finding.Conditional, "", 4, finding.ReachPod},
		"nodes that cannot be read":             {nodesForbidden, finding.Unknown, "SourceForbidden", 4, finding.ReachNode},
		"another source that cannot be read":    {otherMissing, finding.Yes, "", 5, finding.ReachCluster},
	} {
		t.Run(name, func(t *testing.T) {
			got := New(posture.Settings{}).Assess(test.view, Around{})
			answer := answerTo(got, finding.BecomeClusterAdmin)
			if answer.Verdict != test.verdict || answer.Reason != test.reason || got.Score.Tier != test.tier || got.Reach != test.reach {
				t.Fatalf("%s %q, tier %d, reach %s", answer.Verdict, answer.Reason, got.Score.Tier, got.Reach)
			}
		})
	}
}

func TestAnswersAreTheSevenInOrder(t *testing.T) {
	for name, view := range map[string]*snapshot.View{
		"of a calm pod": viewOf(group(spec(), "a")), "of a privileged pod": viewOf(group(spec(makePrivileged), "a")), "of nothing": viewOf(),
	} {
		t.Run(name, func(t *testing.T) {
			var questions []finding.Question
			for _, answer := range New(posture.Settings{}).Assess(view, Around{}).Answers {
				questions = append(questions, answer.Question)
			}
			if diff := cmp.Diff(finding.Questions(), questions); diff != "" {
				t.Fatalf("questions differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConditionalAnswerNamesTheConditionOfItsFirstEvidence(t *testing.T) {
	q := question{counts: leadsTo(finding.NodeRoot)}
	got := q.answer([]finding.Finding{
		{Check: "A", Consequence: finding.NodeRoot, Condition: "first"}, {Check: "B", Consequence: finding.NodeRoot, Condition: "second"},
	})
	want := finding.Answer{Verdict: finding.Conditional, Summary: "first", Evidence: []finding.Evidence{{Check: "A"}, {Check: "B"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("answers differ (-want +got):\n%s", diff)
	}
}

func TestSameViewSameAssessment(t *testing.T) {
	a := New(posture.Settings{SystemNamespaces: []string{"kube-system"}})
	view := viewOf(group(spec(), "a", "c"), group(spec(makePrivileged), "b"))
	want := a.Assess(view, Around{})
	for range 20 {
		if diff := cmp.Diff(want, a.Assess(view, Around{})); diff != "" {
			t.Fatal(diff)
		}
	}
}
