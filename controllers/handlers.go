package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

// handler tells the snapshot about the objects of a feed. It runs in the informer's own goroutine, so that the events of
// a kind arrive in their order; the snapshot's verbs are quick.
func (f *Feeder) handler(fd feed) toolscache.ResourceEventHandler {
	upsert := func(object any) {
		f.affected(fd.source, fd.upsert(object))
		if quota, ok := object.(*corev1.ResourceQuota); ok {
			f.dryRuns.QuotaUsed(quota.Namespace)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    upsert,
		UpdateFunc: func(_, object any) { upsert(object) },
		DeleteFunc: func(object any) { f.affected(fd.source, fd.remove(unwrap(object))) },
	}
}

// affected asks for the workloads that a change in a source affects. Where that is none, as of a new node, the solver looks
// all the same whether paths lead over it. Before the first pass begins there is nothing to ask for: it will take everything.
func (f *Feeder) affected(source snapshot.Source, keys snapshot.Affected) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun {
		return
	}
	if slices.Contains(admissionSources[:], source) {
		f.dryRuns.Changed(keys)
	}
	f.solver.Changed(true, keys...)
	if len(keys) > 0 {
		f.work.Affected(source, len(keys))
	}
}

// reportHandler keeps the ledger, and asks for the workload of a report that somebody else wrote or deleted.
func (f *Feeder) reportHandler() toolscache.ResourceEventHandler {
	seen := func(object any) {
		if live, ok := object.(*publish.Live); ok && f.ledger.Seen(live) {
			f.reportChanged(live)
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    seen,
		UpdateFunc: func(_, object any) { seen(object) },
		DeleteFunc: func(object any) {
			if live, ok := unwrap(object).(*publish.Live); ok && f.ledger.Gone(live) {
				f.reportChanged(live)
			}
		},
	}
}

func (f *Feeder) reportChanged(live *publish.Live) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.solved {
		f.enqueueReport(live, true)
	}
}

// enqueueReport asks for the workload that a report speaks of, or for the removal of a report that has another name than
// that workload's would have.
func (f *Feeder) enqueueReport(live *publish.Live, urgent bool) {
	key := live.Key()
	if report.Name(key) == live.Name {
		enqueue(f.queue, f.backlog, urgent, key)
		return
	}
	stray := Request{Stray: types.NamespacedName{Namespace: live.Namespace, Name: live.Name}}
	f.backlog.Add(stray)
	f.queue.Add(stray)
}

// unwrap takes an object out of the note that a watch leaves where it missed the deletion itself.
func unwrap(object any) any {
	if tombstone, ok := object.(toolscache.DeletedFinalStateUnknown); ok {
		return tombstone.Obj
	}
	return object
}
