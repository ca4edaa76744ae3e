package controllers

import (
	"context"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/wait"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// believeAfter is how long apart two refusals of a source that was read have to be, with no success between them, until it
// counts as forbidden. An API server that starts refuses everybody until it has read the roles: believing the first of its
// refusals would make every report say Unknown, and take it back a second later. Reflectors ask again by themselves.
const believeAfter = 5 * time.Second

// refusals are those of one source since it was read last.
type refusals struct {
	read  bool
	first time.Time
}

// believed tells whether another refusal is to be believed.
func (r *refusals) believed(now time.Time) bool {
	if r.first.IsZero() {
		r.first = now
	}
	return !r.read || now.Sub(r.first) >= believeAfter
}

func (r *refusals) answered() { r.read, r.first = true, time.Time{} }

// SourceErrors passes on what the watches of the cache complain of. It exists before the cache, which takes its handler
// when it is made.
type SourceErrors struct {
	clock clock.PassiveClock

	mu     sync.Mutex
	states map[string]chan snapshot.State
}

// NewSourceErrors returns SourceErrors that nobody listens to yet.
func NewSourceErrors(clk clock.PassiveClock) *SourceErrors {
	return &SourceErrors{clock: clk, states: make(map[string]chan snapshot.State)}
}

// Handle is the watch error handler of a cache. What is neither a refusal nor a missing kind mends itself; it is left to
// the default handler, which logs it.
func (e *SourceErrors) Handle(ctx context.Context, r *toolscache.Reflector, err error) {
	state := stateOf(err)
	if state == snapshot.NotSynced {
		toolscache.DefaultWatchErrorHandler(ctx, r, err)
		return
	}
	note(e.of(r.TypeDescription()), state)
}

// kindOf is how reflectors describe the kind of an object.
func kindOf(object client.Object) string { return fmt.Sprintf("%T", object) }

// track says what state a watch is in, until the context ends.
func (e *SourceErrors) track(
	ctx context.Context, failures <-chan snapshot.State, informer cache.Informer, hasSynced func() bool, set func(snapshot.State),
) {
	failedAt := "never"
	var refused refusals
	failed := func(state snapshot.State, at time.Time) {
		if state != snapshot.Forbidden || refused.believed(at) {
			set(state)
		}
	}
	synced := func(context.Context) (bool, error) {
		select {
		case state := <-failures:
			failed(state, e.clock.Now())
		default:
		}
		return hasSynced() && version(informer) != failedAt, nil
	}
	for wait.PollUntilContextCancel(ctx, pollSync, true, synced) == nil {
		refused.answered()
		set(snapshot.Synced)
		select {
		case <-ctx.Done():
			return // The poll would look once more, and find it synced.
		case state := <-failures:
			at := e.clock.Now()
			failedAt = version(informer)
			failed(state, at)
		}
	}
}

// version is how far an informer has read. After a failure it moves only when the source can be read again.
func version(informer cache.Informer) string {
	if reader, ok := informer.(interface{ LastSyncResourceVersion() string }); ok {
		return reader.LastSyncResourceVersion()
	}
	return ""
}

func (e *SourceErrors) of(kind string) chan snapshot.State {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.states[kind] == nil {
		e.states[kind] = make(chan snapshot.State, 1)
	}
	return e.states[kind]
}

// stateOf is the state that an error puts a source into; NotSynced for an error that passes.
func stateOf(err error) snapshot.State {
	switch {
	case apierrors.IsForbidden(err):
		return snapshot.Forbidden
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err), meta.IsNoMatchError(err):
		return snapshot.Missing
	default:
		return snapshot.NotSynced
	}
}

// stateUnread is the state that an error puts a source into that has never been read: nobody waits for one that may never answer.
func stateUnread(err error) snapshot.State {
	if state := stateOf(err); state != snapshot.NotSynced {
		return state
	}
	return snapshot.Unreachable
}
