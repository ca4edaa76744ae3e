package controllers

import (
	"context"
	"slices"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// Solver stands between the events and the queue: what a workload leads to depends on others, so that the graph is solved
// before anybody is assessed. It asks for the workloads that changed, and for those whose answers are others now.
type Solver struct {
	engine  *assess.Engine
	clock   clock.WithTicker
	enqueue func(urgent bool, keys ...snapshot.Key)

	wake    chan struct{}
	mu      sync.Mutex
	pending batch
	// levels and surroundings are those that rights were looked at with.
	levels       *snapshot.PodSecurity
	surroundings uint64
}

// batch is what has changed since the last step.
type batch struct {
	urgent, rest map[snapshot.Key]struct{}
	// rights tells that rights changed: those of the subjects, or of anybody where there are none.
	rights   bool
	anybody  bool
	subjects []rbac.Subject
	// done are called once the batch has been worked off.
	done []func()
}

func newBatch() batch {
	return batch{urgent: make(map[snapshot.Key]struct{}), rest: make(map[snapshot.Key]struct{})}
}

// NewSolver returns a solver that has not started. enqueue asks for workloads to be assessed.
func NewSolver(engine *assess.Engine, c clock.WithTicker, enqueue func(urgent bool, keys ...snapshot.Key)) *Solver {
	return &Solver{engine: engine, clock: c, enqueue: enqueue, wake: make(chan struct{}, 1), pending: newBatch()}
}

// Changed takes note of workloads that changed.
func (s *Solver) Changed(urgent bool, keys ...snapshot.Key) {
	s.change(func(b *batch) {
		into := b.rest
		if urgent {
			into = b.urgent
		}
		for _, key := range keys {
			into[key] = struct{}{}
		}
	})
}

// RightsChanged takes note of subjects whose rights changed, or of surroundings that rights lead to; none stand for anybody.
func (s *Solver) RightsChanged(subjects ...rbac.Subject) {
	s.change(func(b *batch) {
		b.rights = true
		b.anybody = b.anybody || len(subjects) == 0
		b.subjects = append(b.subjects, subjects...)
	})
}

// Everything has all workloads and rights looked at, and calls done once their answers are known and before any of them is
// asked for.
func (s *Solver) Everything(done func()) {
	keys := s.engine.Snapshot.Workloads()
	s.change(func(b *batch) {
		b.rights, b.anybody = true, true
		for _, key := range keys {
			b.rest[key] = struct{}{}
		}
		b.done = append(b.done, done)
	})
}

func (s *Solver) change(what func(*batch)) {
	s.mu.Lock()
	what(&s.pending)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default: // It will be looked at anyhow.
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: every replica assesses.
func (s *Solver) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (s *Solver) Start(ctx context.Context) error {
	var spent allowance
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		}
		took := s.Step()
		if rest := spent.spend(took, s.clock.Now()); rest > 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-s.clock.After(rest):
			}
		}
	}
}

// Step works off what has changed, and tells how long solving the graph took; zero where that was not necessary.
func (s *Solver) Step() (took time.Duration) {
	s.mu.Lock()
	b := s.pending
	s.pending = newBatch()
	s.mu.Unlock()
	levels, surroundings := s.engine.Snapshot.PodSecurity(), s.engine.Snapshot.Surroundings()
	if levels != s.levels || surroundings != s.surroundings {
		s.levels, s.surroundings, b.rights, b.anybody = levels, surroundings, true, true
	}
	urgent, rest := sorted(b.urgent), sorted(b.rest)
	graph, network := s.engine.Observe(union(urgent, rest)...)
	if b.rights {
		if b.anybody {
			b.subjects = nil
		}
		graph = s.engine.ObserveRights(b.subjects...) || graph
	}
	var changed []snapshot.Key
	if graph || s.engine.Solution() == nil {
		started := s.clock.Now()
		changed = s.engine.Solve()
		took = s.clock.Since(started)
	}
	for _, done := range b.done {
		done()
	}
	if len(b.done) > 0 { // They have asked for everything: what happened just now still goes before the rest.
		s.enqueue(true, urgent...)
		return took
	}
	s.enqueue(true, union(urgent, network, changed)...)
	s.enqueue(false, rest...)
	return took
}

func sorted(keys map[snapshot.Key]struct{}) []snapshot.Key {
	out := make([]snapshot.Key, 0, len(keys))
	for key := range keys {
		out = append(out, key)
	}
	slices.SortFunc(out, snapshot.Key.Compare)
	return out
}

func union(lists ...[]snapshot.Key) []snapshot.Key {
	all := slices.Concat(lists...)
	slices.SortFunc(all, snapshot.Key.Compare)
	return slices.Compact(all)
}
