package controllers

import (
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// Backlog knows which requests wait, since when, and whether the first pass over the cluster is complete.
type Backlog struct {
	clock clock.PassiveClock

	mu    sync.Mutex
	since map[Request]time.Time
	first map[Request]struct{} // what the first pass still has to do; nil before it begins
	// listing is true while the requests of the first pass are added.
	listing bool
	// passed is when all of them had been assessed. Nothing waited until empty, where something waits.
	passed, empty time.Time
}

// NewBacklog returns an empty backlog.
func NewBacklog(c clock.PassiveClock) *Backlog {
	return &Backlog{clock: c, since: make(map[Request]time.Time)}
}

// Add records that requests wait. One that waits already keeps its time.
func (b *Backlog) Add(requests ...Request) {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.since) == 0 {
		b.empty = now
	}
	for _, request := range requests {
		if _, waits := b.since[request]; !waits {
			b.since[request] = now
		}
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

// Done records that nothing is left to do for a request. It returns how long the request has waited.
func (b *Backlog) Done(request Request) (waited time.Duration) {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if since, waits := b.since[request]; waits {
		waited = now.Sub(since)
		delete(b.since, request)
	}
	return waited
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
	case len(b.since) == 0:
		return now
	default:
		return b.empty
	}
}

// Len counts the requests that wait.
func (b *Backlog) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.since)
}

// Oldest is how long the oldest request has waited.
func (b *Backlog) Oldest() time.Duration {
	now := b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	oldest := time.Duration(0)
	for _, since := range b.since {
		oldest = max(oldest, now.Sub(since))
	}
	return oldest
}
