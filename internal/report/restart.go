package report

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission/restart"
)

// buildRestart is the part of the report that says whether the pods would be admitted today.
func buildRestart(r *restart.Restart) daysixv1alpha1.Restart {
	if r == nil {
		return daysixv1alpha1.Restart{Verdict: daysixv1alpha1.RestartUnknown, Reason: daysixv1alpha1.ReasonNotEvaluated}
	}
	out := daysixv1alpha1.Restart{
		Verdict: daysixv1alpha1.RestartVerdict(r.Verdict),
		Reason:  cut(r.Reason, maxWord),
		Message: cut(r.Message, maxText),
		Since:   timeOf(r.Since),
		Pods: daysixv1alpha1.RestartPods{
			Admitted: int32(r.Pods[restart.Admitted]), Denied: int32(r.Pods[restart.Denied]),
			Unknown: int32(r.Pods[restart.Unknown]), NotRecreated: int32(r.Pods[restart.NotRecreated]),
		},
		RefusedBy: refusals(r.Refusals, maxRefusals),
		Forecast:  refusals(r.Forecast, maxForecast),
		Live:      daysixv1alpha1.RestartVerdict(r.Live),
	}
	out.RefusedByTruncated = int32(len(r.Refusals) - len(out.RefusedBy))
	for _, n := range r.NotAsked[:min(len(r.NotAsked), maxNotAsked)] {
		out.NotAsked = append(out.NotAsked, daysixv1alpha1.NotAsked{
			Reason: cut(n.Reason, maxWord), Kind: cut(n.Kind, maxWord), Name: cut(n.Name, maxText), Message: cut(n.Message, maxValue),
		})
	}
	out.NotAskedTruncated = int32(len(r.NotAsked) - len(out.NotAsked))
	for _, d := range r.Differs[:min(len(r.Differs), maxDiffers)] {
		out.Differs = append(out.Differs, cut(d, maxValue))
	}
	return out
}

func refusals(list []restart.Refusal, most int) []daysixv1alpha1.Refusal {
	var out []daysixv1alpha1.Refusal
	for i := range list[:min(len(list), most)] {
		r := daysixv1alpha1.Refusal{
			Kind: cut(list[i].Kind, maxWord), Name: cut(list[i].Name, maxName), Binding: cut(list[i].Binding, maxName),
			Message: cut(list[i].Message, maxText), Since: timeOf(list[i].Since), NewerThanPods: list[i].NewerThanPods,
		}
		for _, field := range list[i].Fields[:min(len(list[i].Fields), maxFields)] {
			r.Fields = append(r.Fields, cut(field, maxValue))
		}
		out = append(out, r)
	}
	return out
}

// timeOf has the precision that the API keeps.
func timeOf(t time.Time) metav1.Time {
	if t.IsZero() {
		return metav1.Time{}
	}
	return metav1.NewTime(t.UTC().Truncate(time.Second))
}

// restartable says in a condition what the verdict says.
func restartable(r *restart.Restart) daysixv1alpha1.Condition {
	c := daysixv1alpha1.Condition{Type: daysixv1alpha1.ConditionRestartable, Status: daysixv1alpha1.ConditionUnknown}
	if r == nil {
		c.Reason, c.Message = daysixv1alpha1.ReasonNotEvaluated, "Admission is not evaluated."
		return c
	}
	switch r.Verdict {
	case restart.Admitted:
		c.Status = daysixv1alpha1.ConditionTrue
	case restart.Denied, restart.NotRecreated:
		c.Status = daysixv1alpha1.ConditionFalse
	case restart.Unknown:
	}
	c.Reason = string(r.Verdict)
	if r.Reason != "" {
		c.Reason = cut(r.Reason, maxWord)
	}
	c.Message = cut(r.Message, maxText)
	return c
}
