package controllers

import (
	"context"
	"fmt"
	"sync"

	toolscache "k8s.io/client-go/tools/cache"

	"github.com/daysix/daysix/internal/snapshot"
)

// following is a kind that somebody may install, and take away again, at any time. An informer of our own follows it: unlike
// one of the cache it says whose watch failed, and nothing arrives from it once it has ended.
type following struct {
	stop    context.CancelFunc
	stopped <-chan struct{}
}

// startFollowing has run follow a kind in the background until its context ends, and then forget what was read, unless all ends.
func startFollowing(parent context.Context, run func(context.Context), forget func()) following {
	ctx, stop := context.WithCancel(parent)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		run(ctx)
		if parent.Err() == nil {
			forget()
		}
	}()
	return following{stop, stopped}
}

// end returns once what was read is forgotten.
func (f following) end() {
	f.stop()
	<-f.stopped
}

// run keeps an informer of our own running until the context ends, and says what state its kind is in. One that the API server
// fails to read from the beginning is Unreachable; where that happens later it mends itself, and what was read stays known.
func (e *SourceErrors) run(
	ctx context.Context, informer toolscache.SharedIndexInformer, transform toolscache.TransformFunc,
	handler toolscache.ResourceEventHandler, set func(snapshot.State),
) error {
	failures := make(chan snapshot.State, 1)
	if err := informer.SetTransform(transform); err != nil {
		return fmt.Errorf("setting the transform: %w", err)
	}
	err := informer.SetWatchErrorHandlerWithContext(func(ctx context.Context, r *toolscache.Reflector, err error) {
		if stateOf(err) == snapshot.NotSynced {
			toolscache.DefaultWatchErrorHandler(ctx, r, err)
			if informer.HasSynced() {
				return
			}
		}
		note(failures, stateUnread(err))
	})
	if err != nil {
		return fmt.Errorf("setting the handler of errors: %w", err)
	}
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		return fmt.Errorf("adding the handler: %w", err)
	}
	var running sync.WaitGroup
	running.Go(func() { e.track(ctx, failures, informer, registration.HasSynced, set) })
	running.Go(func() { informer.RunWithContext(ctx) })
	running.Wait()
	return nil
}

// note leaves a state for who tracks it, unless one is left that has not been taken note of yet.
func note(failures chan<- snapshot.State, state snapshot.State) {
	select {
	case failures <- state:
	default:
	}
}
