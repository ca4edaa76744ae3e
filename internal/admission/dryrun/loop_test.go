package dryrun

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"
)

// gate is one that a test opens and closes.
type gate struct{ closed atomic.Bool }

func (g *gate) Standing() Standing {
	if g.closed.Load() {
		return Standing{State: Missing}
	}
	return Standing{State: InForce}
}

// rig is a loop over keys whose candidate is a pod of the same name, and what came of it. It runs in a bubble, in which time
// passes when everybody waits.
type rig struct {
	*Loop[string]
	gate *gate

	mu    sync.Mutex
	pods  map[string]string // the image of a key's pod
	asked []string
	told  []string
	begin time.Time
	slow  time.Duration
	most  int // under way at once
	busy  int
}

func newRig(pace Pace) *rig {
	r := &rig{gate: &gate{}, pods: map[string]string{}, begin: time.Now()}
	r.Loop = &Loop[string]{
		Queue: NewQueue[string](pace, 100), Asker: r, Gate: r.gate, Clock: clock.RealClock{},
		Candidate: r.candidate,
		Notify: func(key string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.told = append(r.told, key)
		},
	}
	return r
}

func (r *rig) candidate(key string) (Candidate, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	image, ok := r.pods[key]
	if !ok {
		return Candidate{}, false
	}
	pod := &corev1.Pod{}
	pod.Name, pod.Spec.Containers = key, []corev1.Container{{Image: image}}
	c, err := NewCandidate("shop", pod)
	return c, err == nil
}

func (r *rig) Submit(ctx context.Context, c Candidate) Answer {
	r.mu.Lock()
	r.asked = append(r.asked, fmt.Sprintf("%v %s %s", time.Since(r.begin), c.pod.Name, c.pod.Spec.Containers[0].Image))
	r.busy++
	r.most = max(r.most, r.busy)
	r.mu.Unlock()
	select {
	case <-time.After(r.slow):
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	return Answer{Verdict: Admitted}
}

// set gives a key a pod, and wants it asked about.
func (r *rig) set(key, image string) {
	r.mu.Lock()
	r.pods[key] = image
	r.mu.Unlock()
	c, _ := r.candidate(key)
	r.Queue.Want(key, Question{Candidate: c.Hash()})
}

func (r *rig) start(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Start(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (r *rig) expect(t *testing.T, asked, told []string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if diff := gocmp.Diff(asked, r.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(told, r.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func (r *rig) count(t *testing.T, when string, asked, told int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) != asked || len(r.told) != told || r.most > workers {
		t.Errorf("%s: %d asked, %d told, %d at once, want %d and %d and at most %d", when, len(r.asked), len(r.told), r.most, asked, told, workers)
	}
}

func TestLoopAsksAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(Pace{PerSecond: 10, Burst: 1})
		defer r.start(t)()
		synctest.Wait()
		for _, key := range []string{"a", "b", "c"} {
			r.set(key, "v1")
		}
		pass(time.Hour)
		r.set("b", "v2")
		pass(time.Hour)
		r.expect(t, []string{"0s a v1", "100ms b v1", "200ms c v1", "1h0m0s b v2"}, []string{"a", "b", "c", "b"})
	})
}

func TestLoopAsksNothingWhileTheGateIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(fast)
		r.gate.closed.Store(true)
		defer r.start(t)()
		r.set("a", "v1")
		pass(time.Hour - gateInterval/2)
		r.expect(t, nil, nil)
		r.gate.closed.Store(false)
		pass(time.Second)
		r.expect(t, []string{"1h0m0s a v1"}, []string{"a"})
	})
}

func TestLoopAsksAboutWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(fast)
		r.set("moved", "v1")
		r.pods["moved"] = "v2"
		r.set("gone", "v1")
		delete(r.pods, "gone")
		defer r.start(t)()
		pass(time.Second)
		r.expect(t, []string{"0s moved v2"}, []string{"moved"})
		if diff := gocmp.Diff(Depth{Keys: 1}, r.Queue.Depth()); diff != "" {
			t.Errorf("depth (-want +got):\n%s", diff)
		}
	})
}

func TestLoopIsNotHeldUpByASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(fast)
		r.slow = 30 * time.Second
		for i := range 9 {
			r.set(fmt.Sprint(i), "v1")
		}
		stop := r.start(t)
		pass(time.Second)
		r.count(t, "before the first answer", workers, 0)
		pass(time.Hour)
		r.count(t, "after all of them", 9, 9)
		// What is broken off by the end is not taken for an answer.
		r.set("last", "v1")
		pass(time.Second)
		stop()
		c, _ := r.candidate("last")
		if answer, ok := r.Queue.Answer("last", Question{Candidate: c.Hash()}); ok {
			t.Errorf("the answer is %+v", answer)
		}
		r.slow = 0
		defer r.start(t)()
		pass(time.Second)
		r.count(t, "after a new start, which asks what was left", 11, 10)
	})
}
