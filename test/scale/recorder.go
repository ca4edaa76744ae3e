package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	toolswatch "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// recorder watches the reports and notes what is written when.
type recorder struct {
	watch   watch.Interface
	stopped atomic.Bool

	mu      sync.Mutex
	there   map[types.NamespacedName]struct{}
	writes  int
	last    time.Time
	waiting map[types.NamespacedName]chan time.Time
	changed chan struct{}
}

// newRecorder notes what is written from now on. The API server ends a watch that lags behind, and any after a while: this one
// goes on where it was, so that no write is missed.
func newRecorder(ctx context.Context, from client.WithWatch) (*recorder, error) {
	list := func() *metav1.PartialObjectMetadataList {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(daysixv1alpha1.SchemeGroupVersion.WithKind("PodSecurityReportList"))
		return list
	}
	now := list()
	if err := from.List(ctx, now, client.Limit(1)); err != nil {
		return nil, fmt.Errorf("listing the reports: %w", err)
	}
	watched, err := toolswatch.NewRetryWatcherWithContext(ctx, now.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return from.Watch(ctx, list(), &client.ListOptions{Raw: &options})
		},
	})
	if err != nil {
		return nil, fmt.Errorf("watching the reports: %w", err)
	}
	r := &recorder{
		watch: watched, there: map[types.NamespacedName]struct{}{},
		waiting: map[types.NamespacedName]chan time.Time{}, changed: make(chan struct{}, 1),
	}
	go r.record()
	return r, nil
}

func (r *recorder) stop() {
	r.stopped.Store(true)
	r.watch.Stop()
}

func (r *recorder) record() {
	for event := range r.watch.ResultChan() {
		object, ok := event.Object.(*metav1.PartialObjectMetadata)
		if !ok && r.stopped.Load() {
			return // The watch says that it was ended.
		}
		if !ok {
			say("the watch of the reports said %v", event.Object)
			continue
		}
		r.note(event.Type, client.ObjectKeyFromObject(object))
	}
	if !r.stopped.Load() {
		say("the watch of the reports ended")
	}
}

func (r *recorder) note(event watch.EventType, name types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if event == watch.Deleted {
		delete(r.there, name)
	} else {
		r.there[name] = struct{}{}
	}
	r.writes++
	r.last = time.Now()
	if waiting, ok := r.waiting[name]; ok {
		waiting <- r.last
		delete(r.waiting, name)
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// count is how many reports there are and how many writes there have been, with the time of the last.
func (r *recorder) count() (reports, writes int, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.there), r.writes, r.last
}

// until waits until there are so many reports, and returns when the last of them was written.
func (r *recorder) until(ctx context.Context, reports int) (time.Time, error) {
	for {
		there, _, last := r.count()
		if there == reports {
			return last, nil
		}
		select {
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("waiting for %d reports, there are %d: %w", reports, there, ctx.Err())
		case <-r.changed:
		}
	}
}

// next is where the time comes of the next write of a report. It has to be called before what causes the write.
func (r *recorder) next(namespace, name string) <-chan time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	written := make(chan time.Time, 1)
	r.waiting[types.NamespacedName{Namespace: namespace, Name: name}] = written
	return written
}

// quiet waits until the audit is at rest.
func (r *recorder) quiet(ctx context.Context) error {
	_, before, _ := r.count()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the reports to come to rest: %w", ctx.Err())
		case <-time.After(atRest):
		}
		_, now, _ := r.count()
		if now == before {
			return nil
		}
		before = now
	}
}
