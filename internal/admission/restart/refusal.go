package restart

import (
	"fmt"
	"slices"
	"time"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// addPlugins adds what the built-in plugins refuse, and what they could not look at. What files do not hold by nature is
// taken to be there.
func (j *judge) addPlugins(out *judgement, denials []candidate.Denial, unknown []candidate.Unknown) {
	for _, d := range denials {
		out.refusals = append(out.refusals, Refusal{Kind: d.Kind, Name: d.Name, Message: d.Message})
	}
	for _, u := range unknown {
		if slices.Contains(j.view.NotGiven, sourceOf(u.Plugin)) {
			continue
		}
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: ReasonSourceUnavailable, Kind: u.Kind, Name: u.Name, Decides: true,
			Message: fmt.Sprintf("%s cannot be read.", sourceOf(u.Plugin)),
		})
	}
}

// addPolicies adds what policies refuse, would refuse if they enforced what they warn about, and what they could not decide.
func addPolicies(out *judgement, r *replacement, result *admission.Result) {
	for i := range result.Denials {
		d := &result.Denials[i]
		refusal := Refusal{
			Kind: string(d.Policy.Kind), Name: d.Policy.Name, Binding: d.Binding, Message: d.Message,
			Since: d.Changed.Time, NewerThanPods: newer(r, d.Changed.Time),
		}
		if d.Enforced() {
			out.refusals = append(out.refusals, refusal)
		} else {
			out.forecast = append(out.forecast, refusal)
		}
	}
	for i := range result.Gaps {
		g := &result.Gaps[i]
		name := g.Policy.Name
		if g.Webhook != "" {
			name += "/" + g.Webhook
		}
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: string(g.Reason), Kind: string(g.Policy.Kind), Name: name, Message: g.Message, Decides: g.Enforced,
		})
	}
}

// addPodSecurity adds what Pod Security refuses, and what it will refuse after an upgrade or once it enforces what it warns
// about.
func (j *judge) addPodSecurity(out *judgement, r *replacement, result *podsecurity.Result) {
	since := time.Time{}
	if j.view.Namespace != nil {
		since = j.view.Namespace.EnforcedSince.Time
	}
	switch {
	case !j.view.Known(snapshot.Namespaces) && j.view.Namespace == nil && !slices.Contains(j.view.NotGiven, snapshot.Namespaces):
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: ReasonSourceUnavailable, Kind: KindPodSecurity, Message: "namespaces cannot be read.", Decides: true,
		})
	case result.Denied() && result.UserDecides:
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: ReasonMayDependOnUser, Kind: KindPodSecurity, Name: result.Enforce.String(), Decides: true,
			Message: "Some users are exempt, and it is not known who creates the pod.",
		})
	case result.Denied():
		refusal := violations(&result.Enforce.Standard, result.Enforce.Violations, result.Enforce.Message())
		refusal.Since, refusal.NewerThanPods = since, newer(r, since)
		out.refusals = append(out.refusals, refusal)
	}
	if result.DeniedAfterUpgrade() {
		next := result.Enforce
		next.Version, next.Violations = result.Forecast.Version, result.Forecast.Violations
		refusal := violations(&next.Standard, next.Violations, "after the upgrade to "+result.Forecast.Version+" it "+next.Message())
		out.forecast = append(out.forecast, refusal)
	}
	for _, v := range result.BreaksWhenEnforced() {
		out.forecast = append(out.forecast, violations(&v.Standard, v.Violations, string(v.Mode)+" only: "+v.Message()))
	}
}

func violations(standard *podsecurity.Standard, list []podsecurity.Violation, message string) Refusal {
	refusal := Refusal{Kind: KindPodSecurity, Name: standard.String(), Message: message}
	for i := range list {
		for _, field := range list[i].Fields {
			text := field.Path
			if field.Value != "" {
				text += "=" + field.Value
			}
			if !slices.Contains(refusal.Fields, text) {
				refusal.Fields = append(refusal.Fields, text)
			}
		}
	}
	return refusal
}

// newer tells whether a change was made after the oldest of the pods was created.
func newer(r *replacement, changed time.Time) bool {
	return r.live != nil && !changed.IsZero() && changed.After(r.Oldest.Time)
}
