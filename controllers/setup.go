package controllers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/policyreport"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// EventSource is the controller that events are reported by.
	EventSource = "daysix"

	retryMin = 5 * time.Millisecond
	retryMax = 30 * time.Second
)

// Options are what Setup needs besides the manager.
type Options struct {
	Settings Settings
	// Model is the one that the manager's cache projects for.
	Model *model.Model
	// SecretMetadata has the metadata of Secrets with tokens read.
	SecretMetadata bool
	// Errors is the one that the manager's cache was made with.
	Errors *SourceErrors
	// Concurrency is how many workloads are assessed and published at the same time.
	Concurrency int
	// DryRuns is how many dry-runs a second the API server is asked at most; 0 where it is not asked.
	DryRuns int
	// PolicyReports is the kind in which other tools are told what reports say; empty for none.
	PolicyReports policyreport.Format
	// Clock is the one by which the backlog ages.
	Clock clock.WithTicker
}

// Audit is the running audit, as far as others have to know it.
type Audit struct {
	reconciler *WorkloadReconciler
	feeder     *Feeder
	work       *metrics.Work
}

// Setup wires the audit into a manager.
func Setup(mgr manager.Manager, options Options) (*Audit, error) {
	ledger, backlog := publish.NewLedger(), NewBacklog(options.Clock)
	if options.SecretMetadata {
		options.Model.Snapshot.SetSource(snapshot.Secrets, snapshot.NotSynced)
	}
	engine := assess.NewEngine(options.Model, nil, nil)
	work := metrics.NewWork(ctrlmetrics.Registry, publish.Writes()...)
	objects, err := dynamic.NewForConfig(mgr.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("making a client for parameters and extensions: %w", err)
	}
	feeder := NewFeeder(FeederOptions{
		Cache: mgr.GetCache(), Mapper: mgr.GetRESTMapper(), Objects: objects, Clock: options.Clock, Engine: engine, Ledger: ledger,
		Backlog: backlog, Errors: options.Errors, Work: work, Log: mgr.GetLogger(),
	})
	reconciler := &WorkloadReconciler{
		Engine:    engine,
		Feeder:    feeder,
		Publisher: publish.New(mgr.GetClient(), ledger, publish.NewEvents(mgr.GetEventRecorder(EventSource)), options.Clock),
		Board:     metrics.NewBoard(),
		Accepted:  feeder.exceptions.tally,
		Owners:    metrics.NewOwners(),
		Work:      work,
		Backlog:   backlog,
		Clock:     options.Clock,
		Elected:   mgr.Elected(),
	}
	if err := reconciler.Use(options.Settings); err != nil {
		return nil, fmt.Errorf("putting the settings into force: %w", err)
	}
	if err := addLoops(mgr, reconciler, &options); err != nil {
		return nil, err
	}
	if err := register(mgr, reconciler, feeder, options.Concurrency); err != nil {
		return nil, err
	}
	if err := setupExceptions(mgr, reconciler); err != nil {
		return nil, err
	}
	if err := registerMetrics(reconciler, backlog); err != nil {
		return nil, err
	}
	return &Audit{reconciler: reconciler, feeder: feeder, work: work}, nil
}

// addLoops adds what runs beside the reconciliation, of what is optional only what is wanted.
func addLoops(mgr manager.Manager, reconciler *WorkloadReconciler, options *Options) error {
	feeder := reconciler.Feeder
	extensions, err := newExtensionFeeder(feeder, mgr.GetConfig(), options.Clock, mgr.GetLogger())
	if err != nil {
		return err
	}
	loops := []manager.Runnable{
		feeder.params, feeder.solver, feeder.exceptions, extensions, &lostPods{feeder: feeder, clock: options.Clock},
		everywhere{feeder.losses},
		everywhere{feeder.returns.bound},
	}
	if options.PolicyReports != "" {
		told, err := newMirror(mgr, *options, feeder)
		if err != nil {
			return err
		}
		reconciler.Mirror = told
		loops = append(loops, told)
	}
	if options.DryRuns > 0 {
		dryRuns, err := NewDryRuns(mgr.GetConfig(), options.DryRuns, options.Clock, feeder, mgr.GetLogger())
		if err != nil {
			return err
		}
		reconciler.DryRuns, feeder.dryRuns, reconciler.Ask = dryRuns, dryRuns, dryRuns.Ask
		loops = append(loops, dryRuns.loops...)
	}
	for _, loop := range loops {
		if err := mgr.Add(loop); err != nil {
			return fmt.Errorf("adding %T: %w", loop, err)
		}
	}
	return nil
}

// registerMetrics registers what is collected at the time of a scrape.
func registerMetrics(reconciler *WorkloadReconciler, backlog *Backlog) error {
	state := metrics.NewState(metrics.Audit{
		Board: reconciler.Board, Snapshot: reconciler.Snapshot, Backlog: backlog, Limits: reconciler.Limits, Leads: reconciler.Leads,
		Reports: reconciler.Feeder.ReportsState, Exceptions: reconciler.Feeder.ExceptionsState,
	})
	for _, collector := range [...]prometheus.Collector{
		state, metrics.NewPolicyFaults(reconciler.Policies.Faults), reconciler.Owners.Collector(reconciler.Leads),
	} {
		if err := ctrlmetrics.Registry.Register(collector); err != nil {
			return fmt.Errorf("registering the metrics of the audit: %w", err)
		}
	}
	return nil
}

func register(mgr manager.Manager, reconciler *WorkloadReconciler, feeder *Feeder, concurrency int) error {
	loop, err := controller.NewTyped("workload", mgr, controller.TypedOptions[Request]{
		Reconciler:              reconcile.TypedReconciler[Request](reconciler),
		MaxConcurrentReconciles: concurrency,
		NeedLeaderElection:      ptr.To(false), // Every replica assesses, so that a standby is ready at once.
		RateLimiter:             workqueue.NewTypedItemExponentialFailureRateLimiter[Request](retryMin, retryMax),
	})
	if err != nil {
		return fmt.Errorf("creating the workload controller: %w", err)
	}
	if err := loop.Watch(source.TypedFunc[Request](feeder.Start)); err != nil {
		return fmt.Errorf("watching the sources: %w", err)
	}
	// What this replica has assessed before the election is published after it. The manager starts what waits for the
	// election a moment before it says that it leads.
	elected := manager.RunnableFunc(func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-reconciler.Elected:
			feeder.EnqueueAll()
		}
		return nil
	})
	if err := mgr.Add(elected); err != nil {
		return fmt.Errorf("waiting for the election: %w", err)
	}
	return nil
}

// Ready tells whether every workload that was there at the start has been assessed, and reports can be written.
func (a *Audit) Ready(*http.Request) error {
	if !a.reconciler.Backlog.FirstPassDone() {
		return errors.New("the first pass over the cluster is not complete")
	}
	if state := a.feeder.ReportsState(); state.State != snapshot.Synced {
		return fmt.Errorf("reports cannot be written: %s are %s", state.Source, state.State)
	}
	return nil
}

// Reload puts settings into force and assesses everything anew.
func (a *Audit) Reload(settings Settings) error {
	if err := a.reconciler.Use(settings); err != nil {
		return fmt.Errorf("putting the settings into force: %w", err)
	}
	a.work.Reloaded(true)
	a.feeder.solver.Everything(a.feeder.EnqueueAll)
	return nil
}

// ReloadFailed records that there were settings which could not be put into force.
func (a *Audit) ReloadFailed() { a.work.Reloaded(false) }
