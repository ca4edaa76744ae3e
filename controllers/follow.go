package controllers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// follow keeps an informer running and says what state its source is in. Of several versions of the kind it follows the first
// that the API server serves. Where it ceases to serve that, as an upgrade may do, the others are tried again.
func (f *Feeder) follow(
	ctx context.Context, versions []client.Object, retry time.Duration, handler toolscache.ResourceEventHandler, set func(snapshot.State),
) {
	if len(versions) == 1 {
		if object, informer := f.informer(ctx, versions, retry, true, set); informer != nil {
			f.track(ctx, object, informer, handler, set)
		}
		return
	}
	held := &heldObjects{ResourceEventHandler: handler}
	// What has just failed is not asked for again at once: the client may take it for served.
	for first := true; ; first = false {
		object, informer := f.informer(ctx, versions, retry, first, set)
		if informer == nil {
			return
		}
		following, stop := context.WithCancel(ctx)
		f.track(following, object, informer, held, func(state snapshot.State) {
			switch state {
			case snapshot.Synced:
				held.dropStale()
			case snapshot.Missing:
				stop()
			default:
			}
			set(state)
		})
		stop()
		if ctx.Err() != nil {
			return
		}
		held.age()
		if err := f.cache.RemoveInformer(ctx, object); err != nil {
			f.log.Error(err, "Cannot stop following a version that is not served any more", "kind", kindOf(object))
		}
	}
}

// track says what state an informer is in, until the context ends.
func (f *Feeder) track(
	ctx context.Context, object client.Object, informer cache.Informer, handler toolscache.ResourceEventHandler, set func(snapshot.State),
) {
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		f.log.Error(err, "Cannot follow a source", "kind", fmt.Sprintf("%T", object))
		return
	}
	f.errors.track(ctx, f.errors.of(kindOf(object)), informer, registration.HasSynced, set)
}

// informer asks for the informer of a kind until the API server serves it in one of the versions, at once or after some time; nil
// where the context ends before.
func (f *Feeder) informer(
	ctx context.Context, versions []client.Object, retry time.Duration, atOnce bool, set func(snapshot.State),
) (client.Object, cache.Informer) {
	var object client.Object
	var informer cache.Informer
	served := func(ctx context.Context) (bool, error) {
		var err error
		for _, object = range versions {
			informer, err = f.cache.GetInformer(ctx, object, cache.BlockUntilSynced(false))
			if err == nil || stateOf(err) != snapshot.Missing {
				break
			}
		}
		if err != nil {
			set(stateOf(err))
		}
		return err == nil, nil
	}
	if wait.PollUntilContextCancel(ctx, retry, atOnce, served) != nil {
		return nil, nil
	}
	return object, informer
}

// heldObjects remembers what a handler has been told of, so that what goes while no version is followed is not kept for ever.
type heldObjects struct {
	toolscache.ResourceEventHandler

	mu           sync.Mutex
	fresh, stale map[string]any // by name
}

// OnAdd implements toolscache.ResourceEventHandler.
func (h *heldObjects) OnAdd(object any, initial bool) {
	h.hold(object, object)
	h.ResourceEventHandler.OnAdd(object, initial)
}

// OnUpdate implements toolscache.ResourceEventHandler.
func (h *heldObjects) OnUpdate(before, object any) {
	h.hold(object, object)
	h.ResourceEventHandler.OnUpdate(before, object)
}

// OnDelete implements toolscache.ResourceEventHandler.
func (h *heldObjects) OnDelete(object any) {
	h.hold(unwrap(object), nil)
	h.ResourceEventHandler.OnDelete(object)
}

func (h *heldObjects) hold(of, object any) {
	name, err := toolscache.MetaNamespaceKeyFunc(of)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.stale, name)
	if object == nil {
		delete(h.fresh, name)
		return
	}
	if h.fresh == nil {
		h.fresh = make(map[string]any)
	}
	h.fresh[name] = object
}

// age makes stale what is held until somebody tells of it again.
func (h *heldObjects) age() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fresh, h.stale = nil, h.fresh
}

// dropStale tells that what is stale is gone.
func (h *heldObjects) dropStale() {
	h.mu.Lock()
	gone := h.stale
	h.stale = nil
	h.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		h.ResourceEventHandler.OnDelete(gone[name])
	}
}
