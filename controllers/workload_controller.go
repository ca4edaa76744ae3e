package controllers

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/publish/mirror"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=daysix.dev,resources=podsecurityreports,verbs=get;list;watch;create;update;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Settings are the parts of the configuration that the controllers need. They are replaced as a whole.
type Settings struct {
	Posture            posture.Settings
	Owner              config.Owner
	ExcludedNamespaces []string
	Limits             metrics.Limits
	PodSecurity        podsecurity.Settings
	Ranges             netpol.Ranges
	// TrustsWebhook tells whether a validating webhook is taken to admit every pod.
	TrustsWebhook func(configuration, webhook string) bool
}

// WorkloadReconciler assesses a workload and, on the replica that leads, publishes its report.
type WorkloadReconciler struct {
	*assess.Engine
	Feeder    *Feeder
	Publisher *publish.Publisher
	Mirror    *mirror.Mirror // nil where no other tool is told
	Board     *metrics.Board
	Owners    *metrics.Owners
	Work      *metrics.Work
	Backlog   *Backlog
	Clock     clock.PassiveClock
	DryRuns   *DryRuns // nil where the mode is off
	// Accepted counts what exceptions select.
	Accepted *exception.Tally
	// Elected is closed once this replica leads.
	Elected <-chan struct{}

	rules atomic.Pointer[rules]
}

// rules are the settings in force.
type rules struct {
	Settings
}

// Use puts settings into force. Everything has to be assessed anew afterwards. Where they cannot be, those before stay.
func (r *WorkloadReconciler) Use(settings Settings) error {
	restart, err := assess.RestartRules(r.Model, settings.PodSecurity, settings.TrustsWebhook)
	if err != nil {
		return err
	}
	r.Engine.Use(assess.New(settings.Posture).WithOwner(settings.Owner), restart)
	r.UseRanges(settings.Ranges)
	r.rules.Store(&rules{settings})
	return nil
}

// Limits are those of the settings in force.
func (r *WorkloadReconciler) Limits() metrics.Limits { return r.rules.Load().Limits }

// Leads tells whether this replica publishes.
func (r *WorkloadReconciler) Leads() bool {
	select {
	case <-r.Elected:
		return true
	default:
		return false
	}
}

// unserved is the outcome of publishing where reports are not served: the request waits until all are asked for again.
const unserved publish.Outcome = "unserved"

// Reconcile assesses and publishes one workload, or removes one report.
func (r *WorkloadReconciler) Reconcile(ctx context.Context, request Request) (ctrl.Result, error) {
	r.Backlog.Begin(request)
	outcome, again, err := r.process(ctx, request)
	waited := r.Backlog.End(request, err == nil && outcome != unserved)
	if err != nil {
		return ctrl.Result{}, err
	}
	if outcome.Wrote() {
		r.Work.Reported(waited, r.Clock.Now())
		logr.FromContextOrDiscard(ctx).V(1).Info("Published a report", "workload", request.Workload.String(), "outcome", outcome)
	}
	return ctrl.Result{RequeueAfter: again}, nil
}

// process assesses a workload and, on the replica that leads, makes the API server say so.
func (r *WorkloadReconciler) process(ctx context.Context, request Request) (publish.Outcome, time.Duration, error) {
	if owner, owned := r.ownerOf(request.Stray); owned {
		// The queue sees to it that nobody else works on that workload at the same time.
		r.Feeder.Enqueue(owner)
		r.Backlog.Assessed(request)
		return publish.Unchanged, 0, nil
	}
	assessment := r.assess(request)
	r.Backlog.Assessed(request)
	switch {
	case !r.Leads():
		return publish.Unchanged, 0, nil
	case !r.Feeder.ReportsServed():
		return unserved, 0, nil
	}
	began := r.Clock.Now()
	outcome, again, err := r.write(ctx, request, assessment)
	if outcome.Wrote() {
		r.Work.Published(string(outcome), began, r.Clock.Now())
	}
	return outcome, again, err
}

// write creates, changes or removes the report of a request, as the assessment of its workload demands.
func (r *WorkloadReconciler) write(
	ctx context.Context, request Request, assessment *assess.Assessment,
) (outcome publish.Outcome, again time.Duration, err error) {
	switch {
	case assessment == nil && request.Stray.Name != "":
		outcome, err = r.remove(ctx, request.Stray)
	case assessment == nil:
		outcome, err = r.remove(ctx, nameOfReport(request.Workload))
	case assessment.Workload.Deleting:
		outcome = publish.Unchanged // The garbage collector takes the report with the workload.
	default:
		desired := report.Build(assessment)
		outcome, again, err = r.publish(ctx, desired)
		r.Board.Say(request.Workload, said(desired))
	}
	return outcome, again, err
}

// publish writes a report, and what other tools are told of it.
func (r *WorkloadReconciler) publish(
	ctx context.Context, desired *daysixv1alpha1.PodSecurityReport,
) (publish.Outcome, time.Duration, error) {
	outcome, again, err := r.Publisher.Publish(ctx, desired)
	if err == nil && outcome != publish.Skipped {
		err = r.Mirror.Publish(ctx, desired, r.Publisher.UID(types.NamespacedName{Namespace: desired.Namespace, Name: desired.Name}))
	}
	return outcome, again, err
}

func (r *WorkloadReconciler) remove(ctx context.Context, name types.NamespacedName) (publish.Outcome, error) {
	outcome, err := r.Publisher.Remove(ctx, name)
	if err == nil {
		err = r.Mirror.Remove(ctx, name)
	}
	return outcome, err
}

// said is what the metrics need of a report. Publishing may have left it worse than the assessment.
func said(r *daysixv1alpha1.PodSecurityReport) metrics.Said {
	return metrics.Said{
		Score: int(r.Status.Score), Severity: finding.Severity(r.Status.Severity),
		Unaccepted: finding.Severity(r.Status.UnacceptedSeverity),
	}
}

// ownerOf is the workload whose report has a name. A report that speaks of another one may stand under it: then it has to be
// replaced, not removed.
func (r *WorkloadReconciler) ownerOf(stray types.NamespacedName) (snapshot.Key, bool) {
	if stray.Name == "" {
		return snapshot.Key{}, false
	}
	for _, key := range r.Snapshot.OfNamespace(stray.Namespace) {
		if nameOfReport(key) == stray {
			return key, true
		}
	}
	return snapshot.Key{}, false
}

// assess judges the workload of a request and records the verdict. It returns nil for a workload that must not have a
// report: it is not there, it is on its way out, or its namespace is left out.
func (r *WorkloadReconciler) assess(request Request) *assess.Assessment {
	if slices.Contains(r.rules.Load().ExcludedNamespaces, request.Workload.Namespace) {
		r.forget(request.Workload)
		return nil
	}
	started := r.Clock.Now()
	assessment := r.Assess(request.Workload)
	if assessment == nil {
		r.forget(request.Workload)
		return nil
	}
	r.Work.Assessed(started, r.Clock.Now())
	r.Board.Put(assessment)
	r.Accepted.Record(request.Workload, &assessment.Accepted)
	r.Owners.Put(assessment)
	return assessment
}

// forget drops what is kept of a workload that has no report.
func (r *WorkloadReconciler) forget(key snapshot.Key) {
	r.Board.Delete(key)
	r.Owners.Delete(key)
	r.DryRuns.Forget(key)
	r.Accepted.Forget(key)
}

func nameOfReport(key snapshot.Key) types.NamespacedName {
	return types.NamespacedName{Namespace: key.Namespace, Name: report.Name(key)}
}
