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
	since   map[Request]time.Time
	first   map[Request]struct{} // what the first pass still has to do; nil before it begins
	assured bool
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
	for _, request := range requests {
		if _, waits := b.since[request]; !waits {
			b.since[request] = now
		}
	}
}

// BeginFirstPass makes everything that waits now part of the first pass.
func (b *Backlog) BeginFirstPass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.assured || b.first != nil {
		return
	}
	b.first = make(map[Request]struct{}, len(b.since))
	for request := range b.since {
		b.first[request] = struct{}{}
	}
	b.assured = len(b.first) == 0
}

// Assessed records that a request has been assessed in memory.
func (b *Backlog) Assessed(request Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.assessedLocked(request)
}

func (b *Backlog) assessedLocked(request Request) {
	if b.first == nil {
		return
	}
	delete(b.first, request)
	b.assured = b.assured || len(b.first) == 0
}

// Done records that nothing is left to do for a request. That it has been assessed follows: it may have been a moment
// before the first pass began with it.
func (b *Backlog) Done(request Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.since, request)
	b.assessedLocked(request)
}

// FirstPassDone tells whether every workload that was there at the start has been assessed.
func (b *Backlog) FirstPassDone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.assured
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
