package controllers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/snapshot"
)

// gate stands as it is told.
type gate struct{ state dryrun.State }

func (g *gate) Standing() dryrun.Standing { return dryrun.Standing{State: g.state} }

// owned is a pod that an object of a kind of somebody else would make again.
func owned(name string) *corev1.Pod {
	p := newPod(shop, name, "")
	p.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "example.com/v1", Kind: "Set", Name: "cart", UID: "set", Controller: ptr.To(true),
	}}
	return p
}

func TestDryRunsWantWhatAWorkloadIsReplacedBy(t *testing.T) {
	clk := clocktesting.NewFakeClock(time.Unix(1_000, 0))
	s := synced(owned("cart-a"), newPod(shop, "alone", ""))
	g := &gate{dryrun.InForce}
	d := &DryRuns{
		gate: g, queue: dryrun.NewQueue[dryRunKey](dryrun.Pace{PerSecond: 10, Burst: 10}, 10), checked: true,
		settle: newSettling(clk, func(string) {}), wanted: make(map[snapshot.Key][]string),
	}
	cart := snapshot.Key{Group: "example.com", Kind: "Set", Namespace: shop, Name: "cart"}
	ask := func(key snapshot.Key, identity string) (dryrun.Answer, bool) {
		t.Helper()
		view, ok := s.View(key)
		if !ok {
			t.Fatalf("no workload %v among %v", key, s.Workloads())
		}
		return d.Ask(&view)(identity)
	}
	// expect takes the questions that wait and answers them, and compares of whom they are.
	expect := func(what string, want ...dryRunKey) {
		t.Helper()
		var got []dryRunKey
		for {
			question, _, ok := d.queue.Next(clk.Now())
			if !ok {
				break
			}
			got = append(got, question.Key)
			d.queue.Done(question.Question, dryrun.Answer{Verdict: dryrun.Admitted}, clk.Now())
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(dryRunKey{})); diff != "" {
			t.Errorf("%s: asked (-want +got):\n%s", what, diff)
		}
	}

	if _, answered := ask(cart, "cart-a"); answered {
		t.Error("there is an answer before anybody asked")
	}
	if _, answered := ask(podKey(shop, "alone"), "alone"); answered {
		t.Error("there is an answer about a pod that nobody makes again")
	}
	expect("a new workload", dryRunKey{cart, "cart-a"})
	if answer, answered := ask(cart, "cart-a"); !answered || answer.Verdict != dryrun.Admitted {
		t.Errorf("the answer is %+v, %v", answer, answered)
	}
	expect("the same again")

	d.Changed([]snapshot.Key{podKey("other", "p")})
	ask(cart, "cart-a")
	expect("after a change in another namespace")
	d.Changed([]snapshot.Key{cart})
	if _, answered := ask(cart, "cart-a"); answered {
		t.Error("the answer of before a change holds")
	}
	expect("before the change has settled")
	clk.Step(settlingTime)
	ask(cart, "cart-a")
	expect("once it has settled", dryRunKey{cart, "cart-a"})

	g.state = dryrun.Missing
	if answer, answered := ask(cart, "cart-a"); !answered || answer.Reason != dryrun.GuardNotInForce {
		t.Errorf("without a guard the answer is %+v, %v", answer, answered)
	}
	d.Forget(cart)
	if depth := d.queue.Depth(); depth != (dryrun.Depth{}) {
		t.Errorf("after the workload has gone, the queue holds %+v", depth)
	}
}
