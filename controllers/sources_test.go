package controllers

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/wait"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllertest"

	"github.com/daysix/daysix/internal/snapshot"
)

// readTo is an informer that has read up to a version.
type readTo struct {
	*controllertest.FakeInformer

	version atomic.Pointer[string]
	asked   atomic.Int64
}

// LastSyncResourceVersion is that version.
func (r *readTo) LastSyncResourceVersion() string {
	defer r.asked.Add(1)
	return *r.version.Load()
}

func (r *readTo) reads(version string) { r.version.Store(&version) }

func TestARefusalOfWhatWasReadIsBelievedWhenItLasts(t *testing.T) {
	const kind = "*v1.Node"
	type step struct {
		after   time.Duration
		refused snapshot.State // of the watch, where it is
		reads   string         // the version that is read then, where one is
	}
	tests := map[string]struct {
		unread bool
		steps  []step
		want   []snapshot.State
	}{
		"an API server that starts refuses once": {
			steps: []step{{refused: snapshot.Forbidden}, {after: time.Hour, reads: "2"}},
			want:  []snapshot.State{snapshot.Synced, snapshot.Synced},
		},
		"an API server that starts refuses several times in a moment": {
			steps: []step{{refused: snapshot.Forbidden}, {after: believeAfter - 1, refused: snapshot.Forbidden}, {reads: "2"}},
			want:  []snapshot.State{snapshot.Synced, snapshot.Synced},
		},
		"a right that is taken away is refused again and again": {
			steps: []step{{refused: snapshot.Forbidden}, {after: believeAfter, refused: snapshot.Forbidden}, {reads: "2"}},
			want:  []snapshot.State{snapshot.Synced, snapshot.Forbidden, snapshot.Synced},
		},
		"two starts of the API server are no refusal that lasts": {
			steps: []step{{refused: snapshot.Forbidden}, {reads: "2"}, {after: time.Hour, refused: snapshot.Forbidden}, {reads: "3"}},
			want:  []snapshot.State{snapshot.Synced, snapshot.Synced, snapshot.Synced},
		},
		"a kind that is not served any more is missing at once": {
			steps: []step{{refused: snapshot.Missing}, {reads: "2"}},
			want:  []snapshot.State{snapshot.Synced, snapshot.Missing, snapshot.Synced},
		},
		"what was never read is forbidden at once: nobody waits for it": {
			unread: true,
			steps:  []step{{refused: snapshot.Forbidden}},
			want:   []snapshot.State{snapshot.Forbidden},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clk := clocktesting.NewFakePassiveClock(time.Unix(0, 0))
			e, informer := NewSourceErrors(clk), &readTo{}
			informer.reads("1")
			ctx, stop := context.WithCancel(t.Context())
			states, ended := make(chan snapshot.State, 10), make(chan struct{})
			go func() {
				defer close(ended)
				e.track(ctx, e.of(kind), informer, func() bool { return !test.unread }, func(s snapshot.State) { states <- s })
			}()
			var got []snapshot.State
			await := func(count int) {
				for len(got) < count {
					select {
					case s := <-states:
						got = append(got, s)
					case <-time.After(20 * time.Second):
						t.Fatalf("told %v, and no more", got)
					}
				}
			}
			if !test.unread {
				await(1)
			}
			for _, s := range test.steps {
				clk.SetTime(clk.Now().Add(s.after))
				if s.reads != "" {
					before := len(got)
					informer.reads(s.reads)
					await(before + 1)
					for got[len(got)-1] != snapshot.Synced {
						await(len(got) + 1)
					}
					continue
				}
				e.of(kind) <- s.refused
				until(t, "the failure is taken", func() bool { return len(e.of(kind)) == 0 })
				asked := informer.asked.Load()
				until(t, "the version is taken note of", func() bool { return test.unread || informer.asked.Load() > asked })
			}
			await(len(test.want))
			stop()
			<-ended
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// until waits for a condition.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	is := func(context.Context) (bool, error) { return met(), nil }
	if err := wait.PollUntilContextTimeout(t.Context(), time.Millisecond, 20*time.Second, true, is); err != nil {
		t.Fatalf("waited in vain until %s", what)
	}
}
