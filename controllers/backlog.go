package controllers

import (
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// Backlog knows which requests wait, since when, and whether the first pass over the cluster is complete.
type Backlog struct {
	clock clock.PassiveClock

	mu      sync.Mutex
	waiting map[Request]waiting
	first   map[Request]struct{} // what the first pass still has to do; nil before it begins
	// listing is true while the requests of the first pass are added.
	listing bool
	// passed is when all of them had been assessed. Nothing waited until empty, where something waits.
	passed, empty time.Time
}

// waiting is a request that waits, or is being worked on.
type waiting struct {
	since  time.Time
	worked bool
	// again is when it was asked for once more while it was worked on: it will be worked on a second time.
	again time.Time
}

// NewBacklog returns an empty backlog.
func NewBacklog(c clock.PassiveClock) *Backlog {
	return &Backlog{clock: c, waiting: make(map[Request]waiting)}
}

// Add records that requests wait. One that waits already keeps its time.
func (b *Backlog) Add(requests ...Request) {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.empty = now
	}
	for _, request := range requests {
		w, waits := b.waiting[request]
		switch {
		case !waits:
			w.since = now
		case w.worked && w.again.IsZero():
			w.again = now
		}
		b.waiting[request] = w
		if b.listing {
			b.first[request] = struct{}{}
		}
	}
}

// BeginFirstPass makes part of the first pass what list adds. Workers may be done with some of it before list returns.
func (b *Backlog) BeginFirstPass(list func()) {
	b.mu.Lock()
	b.first, b.listing = make(map[Request]struct{}), true
	b.mu.Unlock()
	list()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listing = false
	b.pass()
}

// Assessed records that a request has been assessed in memory.
func (b *Backlog) Assessed(request Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.first, request)
	b.pass()
}

// pass takes note of the end of the first pass.
func (b *Backlog) pass() {
	if b.passed.IsZero() && b.first != nil && !b.listing && len(b.first) == 0 {
		b.passed = b.clock.Now()
	}
}

// Begin records that a request is being worked on.
func (b *Backlog) Begin(request Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w, waits := b.waiting[request]; waits {
		w.worked = true
		b.waiting[request] = w
	}
}

// End records that a request is not worked on any more, and whether nothing is left to do for it. It returns how long what is done
// has waited.
func (b *Backlog) End(request Request, done bool) (waited time.Duration) {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	w, waits := b.waiting[request]
	switch {
	case !waits:
		return 0
	case !done:
		b.waiting[request] = waiting{since: w.since}
		return 0
	case w.again.IsZero():
		delete(b.waiting, request)
	default:
		b.waiting[request] = waiting{since: w.again}
	}
	return now.Sub(w.since)
}

// FirstPassDone tells whether every workload that was there at the start has been assessed.
func (b *Backlog) FirstPassDone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.passed.IsZero()
}

// FirstPass is when every workload that was there at the start had been assessed; the zero time before.
func (b *Backlog) FirstPass() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.passed
}

// CaughtUp is when nothing waited last; the zero time before the end of the first pass.
func (b *Backlog) CaughtUp() time.Time {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.passed.IsZero():
		return time.Time{}
	case len(b.waiting) == 0:
		return now
	default:
		return b.empty
	}
}

// Len counts the requests that wait.
func (b *Backlog) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

// Oldest is how long the oldest request has waited.
func (b *Backlog) Oldest() time.Duration {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	oldest := time.Duration(0)
	for _, w := range b.waiting {
		oldest = max(oldest, now.Sub(w.since))
	}
	return oldest
}
