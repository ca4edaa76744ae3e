package controllers

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/dynamic"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/assess"
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
	// retryOptional is the same for a kind that older API servers do not have.
	retryOptional = time.Minute
	// pollSync is how often a source that is not read yet is looked at.
	pollSync = 50 * time.Millisecond
)

// Feeder follows every source and tells the snapshot, and asks for the workloads that a change affects.
type Feeder struct {
	cache    cache.Cache
	objects  dynamic.Interface
	snapshot *snapshot.Snapshot
	grants   *rbac.Index
	policies *admission.Policies
	engine   *assess.Engine
	solver   *Solver
	params   *ParamFeeder
	ledger   *publish.Ledger
	backlog  *Backlog
	errors   *SourceErrors
	work     *metrics.Work
	dryRuns  *DryRuns // nil where the mode is off
	// exceptions follows what was accepted.
	exceptions *exceptionFeed
	returns    *returning
	losses     *settling // has everything assessed anew
	log        logr.Logger

	mu     sync.Mutex
	queue  queue
	begun  bool                      // all is read, and what it leads to is being solved
	solved bool                      // that is done: the first pass has begun
	states map[string]snapshot.State // by resource, as announced last
}

// FeederOptions are what a feeder works with.
type FeederOptions struct {
	Cache cache.Cache
	// Mapper finds the parameters of policies, of whatever kind.
	Mapper meta.RESTMapper
	// Objects reads those, and the extensions that are more than a name.
	Objects dynamic.Interface
	Clock   clock.WithTicker
	Engine  *assess.Engine
	Ledger  *publish.Ledger
	Backlog *Backlog
	Errors  *SourceErrors
	Work    *metrics.Work
	Log     logr.Logger
}

// NewFeeder returns a feeder that has not started.
func NewFeeder(o FeederOptions) *Feeder {
	f := &Feeder{
		cache: o.Cache, objects: o.Objects,
		snapshot: o.Engine.Snapshot, grants: o.Engine.Grants, policies: o.Engine.Policies, engine: o.Engine,
		ledger: o.Ledger, backlog: o.Backlog, errors: o.Errors, work: o.Work, log: klog.LoggerWithName(o.Log, "feeder"),
		states: make(map[string]snapshot.State),
	}
	f.solver = NewSolver(o.Engine, o.Clock, f.enqueue)
	f.exceptions = newExceptionFeed(f, o.Clock)
	f.returns = newReturning(f, o.Clock)
	f.losses = newSettling(o.Clock, func(string) { f.solver.Everything(f.EnqueueAll) })
	f.losses.early, f.losses.time = true, lossTime
	f.params = newParamFeeder(f, o.Mapper, klog.LoggerWithName(o.Log, "params"))
	return f
}

// Start follows the sources that are enabled until the context ends. It is the source of the workload controller.
func (f *Feeder) Start(ctx context.Context, q queue) error {
	f.mu.Lock()
	f.queue = q
	f.mu.Unlock()
	for _, fd := range f.feeds() {
		retry := retryMissing
		if fd.source.Optional() {
			retry = retryOptional
		}
		go f.follow(ctx, fd.versions(), retry, f.handler(fd), f.teller(string(fd.source)))
	}
	go f.follow(ctx, []client.Object{&daysixv1alpha1.PodSecurityReport{}}, retryMissing, f.reportHandler(), f.teller(reports))
	go f.follow(ctx, []client.Object{&daysixv1alpha1.AuditException{}}, retryMissing, f.exceptions.handler(), f.teller(auditExceptions))
	return nil
}

// teller is told what state a source is in.
func (f *Feeder) teller(source string) func(snapshot.State) {
	return func(state snapshot.State) { f.returns.tell(source, state) }
}

// feeds lists those of the sources that are enabled.
func (f *Feeder) feeds() []feed {
	all := slices.Concat(
		feedsOf(f.snapshot), grantFeeds(f.grants, f.snapshot, f.rightsChanged),
		policyFeeds(f.policies, f.snapshot, f.params.PoliciesChanged), networkFeeds(f.engine, f.snapshot, f.namespaceChanged),
	)
	return slices.DeleteFunc(all, func(fd feed) bool { return f.snapshot.State(fd.source) == snapshot.NotEnabled })
}

// rightsChanged has the rights of subjects looked at anew, and returns the workloads that policies judge by them. Before all is
// read that would be in vain: everybody's will be.
func (f *Feeder) rightsChanged(subjects ...rbac.Subject) snapshot.Affected {
	if !f.hasBegun() {
		return nil
	}
	judged := judgedBy(f.policies, f.snapshot, subjects)
	f.solver.RightsChanged(subjects...)
	f.dryRuns.Changed(judged)
	return judged
}

func (f *Feeder) hasBegun() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun
}

// namespaceChanged has workloads asked about anew whose namespace changed, but for those that it affects by the network alone.
func (f *Feeder) namespaceChanged(keys snapshot.Affected) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun {
		f.dryRuns.Changed(keys)
	}
}

// ReportsServed tells whether the API server serves reports and those that it holds are known.
func (f *Feeder) ReportsServed() bool { return f.ReportsState().State == snapshot.Synced }

// ReportsState is the state of the reports themselves.
func (f *Feeder) ReportsState() snapshot.SourceStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return snapshot.SourceStatus{Source: reports, State: cmp.Or(f.states[reports], snapshot.NotSynced)}
}

func (f *Feeder) setSource(source snapshot.Source, state snapshot.State) {
	if !f.announce(string(source), state) {
		return
	}
	affected := f.snapshot.SetSource(source, state)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.begun:
		f.beginLocked()
	case state == snapshot.Synced:
		f.solver.Changed(false, affected...)
		f.solver.RightsChanged()
	default:
		f.losses.changed([]snapshot.Key{{}})
	}
}

// beginLocked begins the first pass once nothing more is to come that would change its verdicts.
func (f *Feeder) beginLocked() {
	if f.begun || !f.snapshot.Settled() || !f.params.Settled() || !f.exceptionsSettledLocked() {
		return
	}
	f.begun = true
	f.solver.Everything(func() {
		f.log.Info("First pass begins", "workloads", len(f.snapshot.Workloads()))
		f.mu.Lock()
		defer f.mu.Unlock()
		f.solved = true
		f.backlog.BeginFirstPass(f.enqueueAllLocked)
	})
}

// enqueue asks for workloads whose surroundings are known. Before the first pass nobody is asked for: it takes everything.
func (f *Feeder) enqueue(urgent bool, keys ...snapshot.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.solved {
		return
	}
	enqueue(f.queue, f.backlog, urgent, keys...)
}

// paramsChanged asks for the workloads that a change of the parameters of policies is about.
func (f *Feeder) paramsChanged(scope admission.Scope) {
	keys := affectedBy(f.snapshot, scope)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun {
		f.beginLocked()
		return
	}
	if len(keys) == 0 {
		return
	}
	f.dryRuns.Changed(keys)
	f.solver.Changed(true, keys...)
	f.work.Affected(metrics.SourceParams, len(keys))
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
		log := f.log
		if snapshot.Source(source).Optional() {
			log = log.V(1) // Most clusters lack most of them.
		}
		log.Info("Source is not served by the API server: it is asked for again", "source", source)
	case snapshot.NotSynced, snapshot.NotGiven, snapshot.NotEnabled, snapshot.Unreachable:
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
	if f.solved {
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
