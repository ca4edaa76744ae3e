package exception

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Store holds the exceptions and the time. It is safe for concurrent use.
type Store struct {
	mu       sync.RWMutex
	revision uint64
	now      time.Time
	all      []*Exception // by name
}

// NewStore returns a store without exceptions, in which none expires before it is told a time.
func NewStore() *Store { return &Store{} }

// Acceptance is what the exceptions say of one workload.
type Acceptance struct {
	// Revision is that of the store.
	Revision uint64
	// By names, for each finding, the exception that accepts it, the first by name; empty where none does. It is nil where
	// nothing is accepted.
	By []string
	// Uses are the exceptions that select the workload, be they in force or not, by name.
	Uses []Use
}

// Use is an exception that selects a workload.
type Use struct {
	Exception string
	// Found are the checks of the exception that find something in the workload, in order.
	Found []finding.CheckID
}

// Accept tells which findings of a workload are accepted.
func (s *Store) Accept(w *snapshot.Selectable, findings []finding.Finding) Acceptance {
	s.mu.RLock()
	all, out, now := s.all, Acceptance{Revision: s.revision}, s.now
	s.mu.RUnlock()
	for _, e := range all {
		if !e.Selects(w) {
			continue
		}
		use := Use{Exception: e.Name}
		for i := range findings {
			if !e.accepts(findings[i].Check) {
				continue
			}
			use.Found = append(use.Found, findings[i].Check)
			if e.InForce(now) {
				out.accept(len(findings), i, e.Name)
			}
		}
		slices.Sort(use.Found)
		use.Found = slices.Compact(use.Found)
		out.Uses = append(out.Uses, use)
	}
	return out
}

func (a *Acceptance) accept(findings, index int, name string) {
	if a.By == nil {
		a.By = make([]string, findings)
	}
	if a.By[index] == "" {
		a.By[index] = name
	}
}

// Of names the exception that accepts a finding, by its index; empty where none does.
func (a *Acceptance) Of(index int) string {
	if index >= len(a.By) {
		return ""
	}
	return a.By[index]
}

// Upsert records an exception as it is at a time. It returns the exceptions, as they were or as they are, whose workloads have
// to be looked at anew: one of which only the reason, the owner or the distant end has changed is not among them.
func (s *Store) Upsert(fresh *Exception, now time.Time) []*Exception {
	s.mu.Lock()
	defer s.mu.Unlock()
	touched := s.advance(now)
	at, known := s.find(fresh.Name)
	all := slices.Clone(s.all) // Others may be reading the list.
	switch {
	case !known:
		all, touched = slices.Insert(all, at, fresh), append(touched, fresh)
	default:
		old := all[at]
		all[at] = fresh
		if !old.means(fresh) || old.InForce(s.now) != fresh.InForce(s.now) {
			touched = append(touched, old, fresh)
		}
	}
	s.all = all
	s.revision++
	return touched
}

// Delete forgets an exception. It returns what Upsert returns.
func (s *Store) Delete(name string, now time.Time) []*Exception {
	s.mu.Lock()
	defer s.mu.Unlock()
	touched := s.advance(now)
	if at, known := s.find(name); known {
		touched = append(touched, s.all[at])
		s.all = slices.Delete(slices.Clone(s.all), at, at+1)
		s.revision++
	}
	return touched
}

// Advance records the time. It returns the exceptions that have ended since, or that have not ended after all where the time
// was set back.
func (s *Store) Advance(now time.Time) []*Exception {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advance(now)
}

func (s *Store) advance(now time.Time) []*Exception {
	var crossed []*Exception
	for _, e := range s.all {
		if e.InForce(s.now) != e.InForce(now) {
			crossed = append(crossed, e)
		}
	}
	s.now = now
	if len(crossed) > 0 {
		s.revision++
	}
	return crossed
}

// Next is the next time at which an exception ends; false where none will.
func (s *Store) Next() (next time.Time, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, e := range s.all {
		if !e.ExpiresAt.IsZero() && e.InForce(s.now) && (!ok || e.ExpiresAt.Before(next)) {
			next, ok = e.ExpiresAt, true
		}
	}
	return next, ok
}

// All lists the exceptions, by name.
func (s *Store) All() []*Exception {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all
}

// Get returns an exception, and the time that the store was told last; nil where there is no such exception.
func (s *Store) Get(name string) (*Exception, time.Time) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if at, known := s.find(name); known {
		return s.all[at], s.now
	}
	return nil, s.now
}

// Revision counts the changes so far.
func (s *Store) Revision() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.revision
}

func (s *Store) find(name string) (at int, known bool) {
	return slices.BinarySearchFunc(s.all, name, func(e *Exception, name string) int { return strings.Compare(e.Name, name) })
}
