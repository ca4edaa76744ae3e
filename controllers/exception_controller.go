package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	applyv1alpha1 "github.com/daysix/daysix/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/publish"
)

// +kubebuilder:rbac:groups=daysix.dev,resources=auditexceptions/status,verbs=patch

// gathering is how long what is known of an exception is gathered before its status is written: a change of it is about many
// workloads, which are assessed one after the other.
const gathering = 250 * time.Millisecond

// ExceptionReconciler says in the status of each exception what became of it. It runs on the replica that leads.
type ExceptionReconciler struct {
	client  client.Client
	store   *exception.Store
	tally   *exception.Tally
	backlog *Backlog
	clock   clock.PassiveClock
	checks  map[finding.CheckID]struct{}

	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[string] // nil before this replica leads
}

// NewExceptionReconciler returns a reconciler of the exceptions that a feeder follows.
func NewExceptionReconciler(c client.Client, f *Feeder, backlog *Backlog, clk clock.PassiveClock) *ExceptionReconciler {
	r := &ExceptionReconciler{
		client: c, store: f.exceptions.store, tally: f.exceptions.tally, backlog: backlog, clock: clk,
		checks: make(map[finding.CheckID]struct{}),
	}
	for _, check := range assess.Checks() {
		r.checks[check] = struct{}{}
	}
	f.exceptions.changed = r.enqueue
	return r
}

// setupExceptions has statuses written by the replica that leads, and exceptions counted.
func setupExceptions(mgr manager.Manager, w *WorkloadReconciler) error {
	r := NewExceptionReconciler(mgr.GetClient(), w.Feeder, w.Backlog, w.Clock)
	loop, err := controller.NewTyped("exception", mgr, controller.TypedOptions[string]{
		Reconciler:  reconcile.TypedReconciler[string](r),
		RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[string](retryMin, retryMax),
	})
	if err != nil {
		return fmt.Errorf("creating the exception controller: %w", err)
	}
	if err := loop.Watch(source.TypedFunc[string](r.start)); err != nil {
		return fmt.Errorf("watching the exceptions: %w", err)
	}
	if err := ctrlmetrics.Registry.Register(metrics.NewExceptions(r.Count, w.Leads)); err != nil {
		return fmt.Errorf("registering the metrics of exceptions: %w", err)
	}
	return nil
}

func (r *ExceptionReconciler) start(_ context.Context, q workqueue.TypedRateLimitingInterface[string]) error {
	r.mu.Lock()
	r.queue = q
	r.mu.Unlock()
	for _, e := range r.store.All() {
		r.enqueue(e.Name)
	}
	return nil
}

func (r *ExceptionReconciler) enqueue(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.queue != nil {
		r.queue.AddAfter(name, gathering)
	}
}

// status is what the status of an exception should say; false while that is not known.
func (r *ExceptionReconciler) status(e *exception.Exception) (daysixv1alpha1.AuditExceptionStatus, bool) {
	count, known := r.tally.Of(e.Name)
	return exception.StatusOf(e, count, r.clock.Now(), r.isCheck), known
}

func (r *ExceptionReconciler) isCheck(id finding.CheckID) bool {
	_, is := r.checks[id]
	return is
}

// Count counts the exceptions by state.
func (r *ExceptionReconciler) Count() map[exception.State]int {
	out := make(map[exception.State]int)
	for _, e := range r.store.All() {
		status, _ := r.status(e)
		out[exception.StateOf(&status)]++
	}
	return out
}

// Reconcile writes the status of one exception where it says something else.
func (r *ExceptionReconciler) Reconcile(ctx context.Context, name string) (ctrl.Result, error) {
	if !r.backlog.FirstPassDone() {
		return ctrl.Result{RequeueAfter: gathering}, nil
	}
	e, _ := r.store.Get(name)
	if e == nil {
		return ctrl.Result{}, nil
	}
	desired, known := r.status(e)
	if !known {
		return ctrl.Result{}, nil // It is asked for again once the workloads have been assessed.
	}
	var live daysixv1alpha1.AuditException
	if err := r.client.Get(ctx, client.ObjectKey{Name: name}, &live); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if equality.Semantic.DeepEqual(live.Status, desired) {
		return ctrl.Result{}, nil
	}
	apply, err := statusOf(name, &desired)
	if err != nil {
		return ctrl.Result{}, reconcile.TerminalError(err)
	}
	err = r.client.Status().Apply(ctx, apply, client.FieldOwner(publish.FieldOwner), client.ForceOwnership)
	if client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, fmt.Errorf("applying the status of exception %s: %w", name, err)
	}
	return ctrl.Result{}, nil
}

// statusOf goes from a status to its apply configuration: they share one JSON form.
func statusOf(name string, status *daysixv1alpha1.AuditExceptionStatus) (*applyv1alpha1.AuditExceptionApplyConfiguration, error) {
	encoded, err := json.Marshal(status)
	if err != nil {
		return nil, fmt.Errorf("encoding the status of exception %s: %w", name, err)
	}
	var out applyv1alpha1.AuditExceptionStatusApplyConfiguration
	if err := json.Unmarshal(encoded, &out); err != nil {
		return nil, fmt.Errorf("decoding the status of exception %s: %w", name, err)
	}
	return applyv1alpha1.AuditException(name).WithStatus(&out), nil
}
