package controllers

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/daysix/daysix/internal/snapshot"
)

// settlingTime is how long after a change of what admission reads the API server is asked. It reads that through watches of
// its own, policies every second; an answer by what stood before would be taken for the answer of today.
const settlingTime = 3 * time.Second

// settling counts the changes of what admission reads, by the namespaces of the workloads that they affect.
type settling struct {
	clock   clock.Clock
	settled func(namespace string) // is told some time after the last change
	// early counts the time from the first change that nobody was told of: the changes may never end.
	early bool
	time  time.Duration // that it takes to settle
	wake  chan struct{}

	mu      sync.Mutex
	changes map[string]changes
	waiting map[string]struct{}
}

type changes struct {
	count int
	last  time.Time
}

func newSettling(clk clock.Clock, settled func(namespace string)) *settling {
	return &settling{
		clock: clk, settled: settled, time: settlingTime, wake: make(chan struct{}, 1),
		changes: make(map[string]changes), waiting: make(map[string]struct{}),
	}
}

func (s *settling) changed(keys []snapshot.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	seen := make(map[string]bool)
	for i := range keys {
		namespace := keys[i].Namespace
		if seen[namespace] {
			continue
		}
		seen[namespace] = true
		at := now
		if _, waits := s.waiting[namespace]; waits && s.early {
			at = s.changes[namespace].last
		}
		s.changes[namespace] = changes{s.changes[namespace].count + 1, at}
		s.waiting[namespace] = struct{}{}
	}
	select {
	case s.wake <- struct{}{}:
	default: // It will be looked at anyhow.
	}
}

// revision changes with what admission reads about a namespace; settled tells whether the API server has seen it.
func (s *settling) revision(namespace string) (revision string, settled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.changes[namespace]
	return strconv.Itoa(c.count), s.left(c) <= 0
}

func (s *settling) left(c changes) time.Duration { return s.time - s.clock.Since(c.last) }

// forget has nobody told of the changes so far of a namespace.
func (s *settling) forget(namespace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, namespace)
}

// Start implements manager.Runnable. It tells of namespaces that have settled until the context ends.
func (s *settling) Start(ctx context.Context) error {
	for {
		for _, namespace := range s.take() {
			s.settled(namespace)
		}
		var next <-chan time.Time
		if wait := s.next(); wait > 0 {
			next = s.clock.After(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-next:
		}
	}
}

// take are the namespaces that have settled and nobody was told of.
func (s *settling) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for namespace := range s.waiting {
		if s.left(s.changes[namespace]) <= 0 {
			out = append(out, namespace)
			delete(s.waiting, namespace)
		}
	}
	slices.Sort(out)
	return out
}

// next is how long it takes until one of those that wait has settled; 0 where none waits.
func (s *settling) next() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var least time.Duration
	for namespace := range s.waiting {
		if left := max(s.left(s.changes[namespace]), time.Millisecond); least == 0 || left < least {
			least = left
		}
	}
	return least
}

// everywhere runs what settles on every replica: every one assesses.
type everywhere struct{ *settling }

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (everywhere) NeedLeaderElection() bool { return false }
