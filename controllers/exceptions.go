package controllers

import (
	"cmp"
	"context"
	"time"

	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=daysix.dev,resources=auditexceptions,verbs=get;list;watch

const (
	// auditExceptions is the resource that exceptions are served as.
	auditExceptions = "auditexceptions"
	// longestWait bounds the wait for the end of an exception, and for its return should somebody have set the clock of the machine.
	longestWait = time.Minute
)

// exceptionFeed keeps the exceptions and their time, and asks for the workloads that a change or an end is about. Every
// replica does, since every replica assesses.
type exceptionFeed struct {
	feeder *Feeder
	store  *exception.Store
	tally  *exception.Tally
	clock  clock.Clock
	wake   chan struct{}
	// changed is told the name of an exception of which something else is known; nil where nobody writes a status.
	changed func(name string)
}

func newExceptionFeed(f *Feeder, clk clock.Clock) *exceptionFeed {
	e := &exceptionFeed{feeder: f, store: f.engine.Exceptions, clock: clk, wake: make(chan struct{}, 1)}
	e.tally = exception.NewTally(e.tell)
	return e
}

// handler keeps the store. It runs in the informer's own goroutine.
func (e *exceptionFeed) handler() toolscache.ResourceEventHandler {
	upsert := func(object any) {
		if o, ok := object.(*daysixv1alpha1.AuditException); ok {
			e.touched(e.store.Upsert(exception.New(o), e.clock.Now()))
			e.rearm()
			e.tell(o.Name)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    upsert,
		UpdateFunc: func(_, object any) { upsert(object) },
		DeleteFunc: func(object any) {
			if o, ok := unwrap(object).(*daysixv1alpha1.AuditException); ok {
				e.touched(e.store.Delete(o.Name, e.clock.Now()))
			}
		},
	}
}

// touched asks for the workloads that exceptions select, as they were and as they are.
func (e *exceptionFeed) touched(exceptions []*exception.Exception) {
	for _, x := range exceptions {
		keys := e.feeder.snapshot.Select(x.Selects)
		e.feeder.accepted(keys, func() { e.tally.Await(x.Name, e.store.Revision(), keys) })
	}
}

func (e *exceptionFeed) rearm() {
	select {
	case e.wake <- struct{}{}:
	default: // It will be looked at anyhow.
	}
}

func (e *exceptionFeed) tell(name string) {
	if e.changed != nil {
		e.changed(name)
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: every replica assesses.
func (e *exceptionFeed) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable. It waits for the end of one exception after the other.
func (e *exceptionFeed) Start(ctx context.Context) error {
	for {
		ended := e.store.Advance(e.clock.Now())
		e.touched(ended)
		for _, x := range ended {
			e.tell(x.Name)
		}
		wait := longestWait
		if next, ok := e.store.Next(); ok {
			wait = min(next.Sub(e.clock.Now()), wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-e.clock.After(wait):
		}
	}
}

// accepted asks for workloads in which something else may be accepted now, after await was called where each of them is going
// to be assessed on that account: the first pass takes everything.
func (f *Feeder) accepted(keys snapshot.Affected, await func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.solved {
		await()
	}
	if f.begun {
		f.solver.Changed(true, keys...)
	}
}

// setExceptions records whether exceptions can be read. Where they cannot, nothing is accepted.
func (f *Feeder) setExceptions(state snapshot.State) {
	if !f.announce(auditExceptions, state) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.beginLocked()
}

// exceptionsSettledLocked tells whether exceptions are read, or known to be out of reach: before that, a report would say of
// what is accepted that it is not.
func (f *Feeder) exceptionsSettledLocked() bool {
	return cmp.Or(f.states[auditExceptions], snapshot.NotSynced) != snapshot.NotSynced
}

// ExceptionsState is the state of the exceptions.
func (f *Feeder) ExceptionsState() snapshot.SourceStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return snapshot.SourceStatus{Source: auditExceptions, State: cmp.Or(f.states[auditExceptions], snapshot.NotSynced)}
}
