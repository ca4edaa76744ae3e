package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/wait"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// reports is the resource that reports are served as.
	reports = "podsecurityreports"
	// retryMissing is how often a kind that the API server does not serve is asked for again.
	retryMissing = 2 * time.Second
	// pollSync is how often a source that is not read yet is looked at.
	pollSync = 50 * time.Millisecond
)

// Feeder follows every source and tells the snapshot, and asks for the workloads that a change affects.
type Feeder struct {
	cache    cache.Cache
	snapshot *snapshot.Snapshot
	grants   *rbac.Index
	ledger   *publish.Ledger
	backlog  *Backlog
	errors   *SourceErrors
	work     *metrics.Work
	log      logr.Logger

	mu     sync.Mutex
	queue  queue
	begun  bool                      // the first pass has begun
	states map[string]snapshot.State // by resource, as announced last
}

// NewFeeder returns a feeder that has not started.
func NewFeeder(
	c cache.Cache, s *snapshot.Snapshot, grants *rbac.Index, ledger *publish.Ledger, backlog *Backlog,
	errors *SourceErrors, work *metrics.Work, log logr.Logger,
) *Feeder {
	return &Feeder{
		cache: c, snapshot: s, grants: grants, ledger: ledger, backlog: backlog, errors: errors, work: work, log: log,
		states: make(map[string]snapshot.State),
	}
}

// Start follows the sources that are enabled until the context ends. It is the source of the workload controller.
func (f *Feeder) Start(ctx context.Context, q queue) error {
	f.mu.Lock()
	f.queue = q
	f.mu.Unlock()
	for _, fd := range f.feeds() {
		go f.follow(ctx, fd.object, f.handler(fd), func(state snapshot.State) { f.setSource(fd.source, state) })
	}
	go f.follow(ctx, &daysixv1alpha1.PodSecurityReport{}, f.reportHandler(), f.setReports)
	return nil
}

// feeds lists those of the sources that are enabled.
func (f *Feeder) feeds() []feed {
	all := append(feedsOf(f.snapshot), grantFeeds(f.grants, f.snapshot)...)
	return slices.DeleteFunc(all, func(fd feed) bool { return f.snapshot.State(fd.source) == snapshot.NotEnabled })
}

// ReportsServed tells whether the API server serves reports and those that it holds are known.
func (f *Feeder) ReportsServed() bool { return f.ReportsState().State == snapshot.Synced }

// ReportsState is the state of the reports themselves.
func (f *Feeder) ReportsState() snapshot.SourceStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return snapshot.SourceStatus{Source: reports, State: cmp.Or(f.states[reports], snapshot.NotSynced)}
}

// follow keeps an informer running and says what state its source is in.
func (f *Feeder) follow(ctx context.Context, object client.Object, handler toolscache.ResourceEventHandler, set func(snapshot.State)) {
	informer := f.informer(ctx, object, set)
	if informer == nil {
		return // The context ended.
	}
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		f.log.Error(err, "Cannot follow a source", "kind", fmt.Sprintf("%T", object))
		return
	}
	failures := f.errors.Of(object)
	failedAt := "never"
	synced := func(context.Context) (bool, error) {
		select {
		case state := <-failures:
			set(state)
		default:
		}
		return registration.HasSynced() && version(informer) != failedAt, nil
	}
	for wait.PollUntilContextCancel(ctx, pollSync, true, synced) == nil {
		set(snapshot.Synced)
		select {
		case <-ctx.Done():
		case state := <-failures:
			failedAt = version(informer)
			set(state)
		}
	}
}

// informer asks for the informer of a kind until the API server serves it.
func (f *Feeder) informer(ctx context.Context, object client.Object, set func(snapshot.State)) cache.Informer {
	var informer cache.Informer
	served := func(ctx context.Context) (bool, error) {
		var err error
		if informer, err = f.cache.GetInformer(ctx, object, cache.BlockUntilSynced(false)); err != nil {
			set(stateOf(err))
		}
		return err == nil, nil
	}
	if wait.PollUntilContextCancel(ctx, retryMissing, true, served) != nil {
		return nil
	}
	return informer
}

// version is how far an informer has read. After a failure it moves only when the source can be read again.
func version(informer cache.Informer) string {
	if reader, ok := informer.(interface{ LastSyncResourceVersion() string }); ok {
		return reader.LastSyncResourceVersion()
	}
	return ""
}

func (f *Feeder) setSource(source snapshot.Source, state snapshot.State) {
	if !f.announce(string(source), state) {
		return
	}
	affected := f.snapshot.SetSource(source, state)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun {
		enqueue(f.queue, f.backlog, false, affected...)
		return
	}
	if f.snapshot.Settled() {
		f.begun = true
		f.backlog.BeginFirstPass(f.enqueueAllLocked)
		f.log.Info("First pass begins", "workloads", len(f.snapshot.Workloads()))
	}
}

func (f *Feeder) setReports(state snapshot.State) {
	if f.announce(reports, state) && state == snapshot.Synced {
		f.EnqueueAll()
	}
}

// announce records and logs the state of a source, and tells whether it is a new one.
func (f *Feeder) announce(source string, state snapshot.State) bool {
	f.mu.Lock()
	before := f.states[source]
	f.states[source] = state
	f.mu.Unlock()
	if before == state {
		return false
	}
	switch state {
	case snapshot.Forbidden:
		f.log.Info("Source is forbidden: what needs it is Unknown until the right to list and watch it is given", "source", source)
	case snapshot.Missing:
		f.log.Info("Source is not served by the API server: it is asked for again", "source", source, "every", retryMissing.String())
	case snapshot.NotSynced, snapshot.NotGiven, snapshot.NotEnabled:
		f.log.Info("Source cannot be read yet", "source", source)
	case snapshot.Synced:
		f.log.Info("Source is read", "source", source)
	}
	return true
}

// EnqueueAll asks for every workload, and for every report that may have lost its workload, once the first pass has begun.
func (f *Feeder) EnqueueAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun {
		f.enqueueAllLocked()
	}
}

// Enqueue asks for one workload.
func (f *Feeder) Enqueue(key snapshot.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	enqueue(f.queue, f.backlog, true, key)
}

func (f *Feeder) enqueueAllLocked() {
	enqueue(f.queue, f.backlog, false, f.snapshot.Workloads()...)
	for _, live := range f.ledger.All() {
		f.enqueueReport(live, false)
	}
}
