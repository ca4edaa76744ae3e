package controllers

import (
	"slices"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// lossTime is how long after the first source that is lost everything is assessed anew: others that are lost with it come
	// within it. What is assessed meanwhile says already that it is lost.
	lossTime = 3 * time.Second
	// returnTime is how long sources that are back wait at most for those that were lost with them. How long a reflector waits
	// until it asks again grows with the loss: to 26 s after half a minute of it, and to a minute in the end.
	returnTime = 30 * time.Second
	// staleRefusal is how soon after the first return a refusal may be of before.
	staleRefusal = 2 * time.Second
)

// returning has sources that were lost together return together. When a right is given back, each of them returns when its
// reflector asks again; a report between says of some that they are forbidden, and takes it back with the next. So what is
// back stays Forbidden until all that were lost are back, or were asked for again and are refused still.
type returning struct {
	feeder *Feeder
	clock  clock.PassiveClock
	// bound ends the wait for those of which nothing is heard.
	bound *settling

	mu   sync.Mutex
	told map[string]snapshot.State // by resource, as told last
	// lost are those that were read, and are Forbidden for all others.
	lost  map[string]absence
	since time.Time // when the first of those came back that wait; zero where none waits
}

// absence is what is known of a source that was lost since the first of the others came back.
type absence struct{ back, refused bool }

func newReturning(f *Feeder, clk clock.Clock) *returning {
	r := &returning{feeder: f, clock: clk, told: make(map[string]snapshot.State), lost: make(map[string]absence)}
	r.bound = newSettling(clk, func(string) { r.giveUp() })
	r.bound.early, r.bound.time = true, returnTime
	return r
}

// tell takes note of the state of a source. All but returns are passed on at once.
func (r *returning) tell(source string, state snapshot.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.told[source]
	r.told[source] = state
	_, lost := r.lost[source]
	switch {
	case state == snapshot.Forbidden && (lost || before == snapshot.Synced):
		r.lost[source] = absence{refused: !r.since.IsZero() && r.clock.Since(r.since) >= staleRefusal}
		r.feeder.set(source, state)
	case state == snapshot.Synced && lost && r.feeder.hasBegun():
		r.lost[source] = absence{back: true}
		if r.since.IsZero() {
			r.since = r.clock.Now()
			r.bound.changed([]snapshot.Key{{}})
		}
	default:
		delete(r.lost, source)
		r.feeder.set(source, state)
	}
	if !r.awaitsLocked() {
		r.releaseLocked()
	}
}

// awaitsLocked tells whether there is one that was lost of which nothing has been heard since.
func (r *returning) awaitsLocked() bool {
	for _, a := range r.lost {
		if !a.back && !a.refused {
			return true
		}
	}
	return false
}

func (r *returning) giveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.releaseLocked()
}

// releaseLocked passes on all that are back, as one change.
func (r *returning) releaseLocked() {
	if r.since.IsZero() {
		return
	}
	r.since = time.Time{}
	r.bound.forget("")
	var back []string
	for source, a := range r.lost {
		if a.back {
			back = append(back, source)
			delete(r.lost, source)
		} else {
			r.lost[source] = absence{}
		}
	}
	if len(back) > 0 { // All may have been lost again.
		slices.Sort(back)
		r.feeder.returned(back)
	}
}

// reportsReturned passes on that reports can be written again, where that is still so.
func (r *returning) reportsReturned() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[reports] == snapshot.Synced {
		r.feeder.announce(reports, snapshot.Synced)
	}
}

// set puts the state of a source into force.
func (f *Feeder) set(source string, state snapshot.State) {
	switch source {
	case reports:
		f.setReports(state)
	case auditExceptions:
		f.setExceptions(state)
	default:
		f.setSource(snapshot.Source(source), state)
	}
}

// returned puts into force that sources are back. Reports are written again only once it is known what all of them lead to.
func (f *Feeder) returned(sources []string) {
	for _, source := range sources {
		if source != reports && f.announce(source, snapshot.Synced) && source != auditExceptions {
			f.snapshot.SetSource(snapshot.Source(source), snapshot.Synced)
		}
	}
	f.solver.Everything(func() {
		if slices.Contains(sources, reports) {
			f.returns.reportsReturned()
		}
		f.EnqueueAll()
	})
}
