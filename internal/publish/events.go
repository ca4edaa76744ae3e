package publish

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// The reasons and actions of events.
const (
	reasonSeverityRaised = "SeverityRaised"
	reasonRestartDenied  = "RestartDenied"
	actionAssess         = "Assess"
)

// Events tells the people who look at a workload what happened to its verdict.
type Events struct {
	recorder events.EventRecorder
}

// NewEvents returns events that go through the recorder.
func NewEvents(recorder events.EventRecorder) *Events { return &Events{recorder: recorder} }

// severityRaised records an event on the workload where its severity is worse than it was. The first report of a
// workload raises nothing: an installation must not flood the cluster with events.
func (e *Events) severityRaised(r *daysixv1alpha1.PodSecurityReport, before daysixv1alpha1.Severity) {
	now := finding.Severity(r.Status.Severity)
	if now.Rank() <= finding.Severity(before).Rank() {
		return
	}
	worst := ""
	if len(r.Status.Findings) > 0 {
		worst = r.Status.Findings[0].Check
	}
	e.recorder.Eventf(workloadOf(r), nil, corev1.EventTypeWarning, reasonSeverityRaised, actionAssess,
		"Blast radius went from %s to %s (score %d), worst finding %s, see podsecurityreport/%s",
		before, now, r.Status.Score, worst, r.Name)
}

// restartDenied records an event on the workload where its pods would be refused and would not have been, or where that was
// not known: the parameters of a new policy are read after it. The first report of a workload raises nothing.
func (e *Events) restartDenied(r *daysixv1alpha1.PodSecurityReport, before daysixv1alpha1.RestartVerdict) {
	now := &r.Status.Restart
	if now.Verdict != daysixv1alpha1.RestartDenied || before == "" || before == daysixv1alpha1.RestartDenied {
		return
	}
	e.recorder.Eventf(workloadOf(r), nil, corev1.EventTypeWarning, reasonRestartDenied, actionAssess,
		"A pod that has to start again would be refused: %s, see podsecurityreport/%s", now.Message, r.Name)
}

func workloadOf(r *daysixv1alpha1.PodSecurityReport) *corev1.ObjectReference {
	ref := r.Spec.WorkloadRef
	return &corev1.ObjectReference{
		APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: r.Namespace, Name: ref.Name, UID: types.UID(ref.UID),
	}
}
