package controllers

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// begunFeeder is a feeder whose first pass is done, with a clock that is set by hand.
func begunFeeder(s *snapshot.Snapshot, clk *clocktesting.FakeClock) *Feeder {
	f := newTestFeeder(clk, newEngine(s))
	f.begun, f.solved = true, true
	return f
}

// asked are the workloads that the solver was told of since it was last asked.
func (f *Feeder) asked() []snapshot.Key {
	f.solver.mu.Lock()
	defer f.solver.mu.Unlock()
	keys := sorted(f.solver.pending.urgent)
	f.solver.pending = newBatch()
	return keys
}

func exceptionFor(name string, names []string, expires time.Time, checks ...string) *daysixv1alpha1.AuditException {
	e := &daysixv1alpha1.AuditException{ObjectMeta: metav1.ObjectMeta{Name: name}}
	e.Spec = daysixv1alpha1.AuditExceptionSpec{
		Reason: "It must.", Checks: checks, WorkloadSelector: &daysixv1alpha1.WorkloadSelector{Names: names},
	}
	if !expires.IsZero() {
		e.Spec.ExpiresAt = metav1.NewTime(expires)
	}
	return e
}

func TestAChangeOfAnExceptionAsksForWhatItSelectsAndSelected(t *testing.T) {
	clk := clocktesting.NewFakeClock(time.Unix(1_000, 0))
	f := begunFeeder(synced(newPod(shop, "cart", ""), newPod(shop, "card", ""), newPod(shop, "web", "")), clk)
	h := f.exceptions.handler()
	cart, card, web := podKey(shop, "cart"), podKey(shop, "card"), podKey(shop, "web")
	first := exceptionFor("e", []string{"car*"}, time.Time{}, "HostPID")
	owned := first.DeepCopy()
	owned.Spec.Owner, owned.Status.MatchedWorkloads = "web", 2
	moved := exceptionFor("e", []string{"card", "web"}, time.Time{}, "HostPID")
	for _, step := range []struct {
		name string
		do   func()
		want []snapshot.Key
	}{
		{"a new one", func() { h.OnAdd(first, false) }, []snapshot.Key{card, cart}},
		{"another owner, and a status", func() { h.OnUpdate(first, owned) }, nil},
		{"other names", func() { h.OnUpdate(owned, moved) }, []snapshot.Key{card, cart, web}},
		{"its deletion", func() { h.OnDelete(moved) }, []snapshot.Key{card, web}},
	} {
		step.do()
		if diff := cmp.Diff(step.want, f.asked(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s asks for (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestTheEndOfAnExceptionAsksForWhatItSelects(t *testing.T) {
	g := NewWithT(t)
	start := time.Unix(1_000, 0)
	clk := clocktesting.NewFakeClock(start)
	f := begunFeeder(synced(newPod(shop, "cart", ""), newPod(shop, "web", "")), clk)
	h := f.exceptions.handler()
	h.OnAdd(exceptionFor("first", []string{"cart"}, start.Add(90*time.Second), "HostPID"), true)
	h.OnAdd(exceptionFor("second", []string{"web"}, start.Add(2*time.Hour), "HostPID"), true)
	f.asked()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f.exceptions.Start(ctx) }()
	g.Eventually(clk.HasWaiters).Should(BeTrue())
	clk.Step(longestWait) // It looks at the clock, and nothing has ended.
	g.Eventually(clk.HasWaiters).Should(BeTrue())
	g.Expect(f.asked()).To(BeEmpty())
	clk.Step(30 * time.Second)
	g.Eventually(f.asked).Should(Equal([]snapshot.Key{podKey(shop, "cart")}))
	accepted := f.engine.Exceptions.Accept(&snapshot.Selectable{Key: podKey(shop, "cart")}, nil)
	if diff := cmp.Diff([]exception.Use{{Exception: "first"}}, accepted.Uses); diff != "" {
		t.Errorf("it selects still (-want +got):\n%s", diff)
	}
	stop()
	g.Expect(<-ended).To(Succeed())
}

// jumping is a clock of which the time of day can be set: waits go by the time that passes.
type jumping struct {
	*clocktesting.FakeClock
	ahead atomic.Int64
}

func (j *jumping) Now() time.Time { return j.FakeClock.Now().Add(time.Duration(j.ahead.Load())) }

func TestAnExceptionThatEndedByAClockAheadComesBack(t *testing.T) {
	g := NewWithT(t)
	clk := &jumping{FakeClock: clocktesting.NewFakeClock(time.Unix(1_000, 0))}
	f := begunFeeder(synced(newPod(shop, "cart", "")), clk.FakeClock)
	f.exceptions.clock = clk
	f.exceptions.handler().OnAdd(exceptionFor("e", []string{"cart"}, clk.Now().Add(30*time.Minute), "HostPID"), true)
	f.asked()
	<-f.exceptions.wake
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f.exceptions.Start(ctx) }()
	for _, step := range []struct {
		ahead time.Duration
		want  string
	}{{time.Hour, ""}, {0, "e"}, {time.Hour, ""}} {
		g.Eventually(clk.HasWaiters).Should(BeTrue())
		clk.ahead.Store(int64(step.ahead))
		clk.Step(longestWait)
		g.Eventually(f.asked).Should(Equal([]snapshot.Key{podKey(shop, "cart")}))
		acceptance := f.engine.Exceptions.Accept(&snapshot.Selectable{Key: podKey(shop, "cart")}, []finding.Finding{{Check: "HostPID"}})
		g.Expect(acceptance.Of(0)).To(Equal(step.want), "%s ahead", step.ahead)
	}
	stop()
	g.Expect(<-ended).To(Succeed())
}

func TestTheFirstPassWaitsForExceptions(t *testing.T) {
	for state, begins := range map[snapshot.State]bool{
		snapshot.NotSynced: false, snapshot.Synced: true, snapshot.Forbidden: true, snapshot.Missing: true,
	} {
		f := begunFeeder(synced(newPod(shop, "cart", "")), clocktesting.NewFakeClock(time.Unix(1_000, 0)))
		f.begun, f.solved = false, false
		f.setExceptions(state)
		if f.begun != begins || f.ExceptionsState().State != state {
			t.Errorf("%s: begun %v, state %s", state, f.begun, f.ExceptionsState().State)
		}
	}
}
