package controllers

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
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
		settle: newSettling(clk, func(string) {}), wanted: make(map[snapshot.Key][]string), full: make(map[snapshot.Key]string),
		counted: s.CountedQuotas,
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

// A quota counts every pod. Those are asked about anew that need room in it, and only where it has room now and had none, or the
// other way round.
func TestUsageOfQuotasIsFollowedForThoseWhoNeedRoom(t *testing.T) {
	clk := clocktesting.NewFakeClock(time.Unix(1_000, 0))
	s := synced(owned("cart-a"))
	namespaces(s, shop)
	web, elsewhere := idle(s, "Deployment", shop, "web"), idle(s, "Deployment", "other", "web")
	cart := snapshot.Key{Group: "example.com", Kind: "Set", Namespace: shop, Name: "cart"}
	d := &DryRuns{
		gate: &gate{dryrun.InForce}, queue: dryrun.NewQueue[dryRunKey](dryrun.Pace{PerSecond: 10, Burst: 10}, 10), checked: true,
		settle: newSettling(clk, func(string) {}), wanted: make(map[snapshot.Key][]string), full: make(map[snapshot.Key]string),
		counted: s.CountedQuotas,
	}
	d.usage = newSettling(clk, func(string) {})
	d.usage.early = true
	ask := func(keys ...snapshot.Key) (asked []snapshot.Key) {
		for _, key := range keys {
			view, _ := s.View(key)
			d.Ask(&view)
		}
		for {
			question, _, ok := d.queue.Next(clk.Now())
			if !ok {
				return asked
			}
			asked = append(asked, question.Key.workload)
			d.queue.Done(question.Question, dryrun.Answer{Verdict: dryrun.Admitted}, clk.Now())
		}
	}
	f := &Feeder{snapshot: s, dryRuns: d}
	var feed feed
	for _, fd := range feedsOf(s) {
		if fd.source == snapshot.ResourceQuotas {
			feed = fd
		}
	}
	use := func(used string) {
		pods := func(n string) corev1.ResourceList {
			return corev1.ResourceList{corev1.ResourcePods: resource.MustParse(n)}
		}
		f.handler(feed).OnUpdate(nil, &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "few"}, Spec: corev1.ResourceQuotaSpec{Hard: pods("4")},
			Status: corev1.ResourceQuotaStatus{Hard: pods("4"), Used: pods(used)},
		})
	}
	want := func(step string, want, got []snapshot.Key) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: asked about (-want +got):\n%s", step, diff)
		}
	}
	use("3")
	want("all at first", []snapshot.Key{web, elsewhere, cart}, ask(web, elsewhere, cart))
	clk.Step(settlingTime)
	d.usage.take()
	use("2")
	clk.Step(settlingTime / 2)
	use("3")
	if got := d.usage.take(); len(got) > 0 {
		t.Errorf("%s is looked at before the usage settles", got)
	}
	clk.Step(settlingTime / 2)
	if got := d.usage.take(); !slices.Equal(got, []string{shop}) {
		t.Errorf("%s is looked at, some time after the first of two changes", got)
	}
	want("a usage that leaves room", nil, d.otherwiseFull(s, shop))
	use("4")
	want("a quota that is full", []snapshot.Key{web}, d.otherwiseFull(s, shop))
	want("a quota that is full, asked", []snapshot.Key{web}, ask(web, cart))
	want("a quota that stays full", nil, d.otherwiseFull(s, shop))
	use("3")
	want("a quota that has room again", []snapshot.Key{web}, d.otherwiseFull(s, shop))
	want("in another namespace", nil, d.otherwiseFull(s, "other"))
	want("a quota that has room again, asked", []snapshot.Key{web}, ask(web, elsewhere, cart))
	d.Forget(web)
	use("4")
	want("a workload that is gone", nil, d.otherwiseFull(s, shop))
}
