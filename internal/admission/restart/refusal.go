package restart

import (
	"slices"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// addNamespace adds that nothing is created in a namespace that is on its way out, or that nothing is known of it.
func (j *judge) addNamespace(out *judgement, r *replacement) {
	name := r.namespace
	switch n := j.view.Namespace; {
	case n == nil && slices.Contains(j.view.NotGiven, snapshot.Namespaces):
	case n == nil:
		missing := NotAsked{
			Reason: string(admission.NamespaceNotRead), Kind: KindNamespace, Name: name, Message: "It is not there.", Decides: true,
		}
		if !j.addSource(out, snapshot.Namespaces, missing) {
			out.notAsked = append(out.notAsked, missing)
		}
	case n.Phase == corev1.NamespaceTerminating:
		refusal := Refusal{
			Kind: KindNamespace, Name: name,
			Message: "unable to create new content in namespace " + name + " because it is being terminated",
		}
		if n.DeletionTimestamp != nil {
			refusal.Since, refusal.NewerThanPods = n.DeletionTimestamp.Time, newer(r, n.DeletionTimestamp.Time)
		}
		out.refusals = append(out.refusals, refusal)
	}
}

// addPlugins adds what the built-in plugins refuse, and what they could not look at. What files do not hold is taken to be
// there.
func (j *judge) addPlugins(out *judgement, denials []candidate.Denial, unknown []candidate.Unknown) {
	for _, d := range denials {
		out.refusals = append(out.refusals, Refusal{Kind: d.Kind, Name: d.Name, Message: d.Message})
	}
	for _, u := range unknown {
		n := NotAsked{Reason: ReasonSourceUnavailable, Kind: u.Kind, Name: u.Name, Message: "It has not been read.", Decides: true}
		if source := sourceOf(u.Plugin); !slices.Contains(j.view.NotGiven, source) && !j.addSource(out, source, n) {
			out.notAsked = append(out.notAsked, n)
		}
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
			continue
		}
		refusal.Message = only(d.Actions) + d.Message
		out.forecast = append(out.forecast, refusal)
	}
	for i := range result.Gaps {
		g := &result.Gaps[i]
		name := g.Policy.Name
		if g.Webhook != "" {
			name += "/" + g.Webhook
		}
		if g.Policy.Kind == admission.MutatingWebhooks && r.live != nil && g.Created.After(r.Oldest.Time) {
			out.unseen = append(out.unseen, name)
		}
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: string(g.Reason), Kind: string(g.Policy.Kind), Name: name, Message: g.Message, Decides: g.Enforced,
		})
	}
}

// only says what a policy does instead of refusing pods.
func only(actions []admissionregistrationv1.ValidationAction) string {
	words := make([]string, len(actions))
	for i, action := range actions {
		words[i] = strings.ToLower(string(action))
	}
	return strings.Join(words, ", ") + " only: "
}

// addPodSecurity adds what Pod Security refuses, and what it will refuse after an upgrade or once it enforces what it warns
// about.
func (j *judge) addPodSecurity(out *judgement, r *replacement, result *podsecurity.Result) {
	enforce := &result.Enforce
	switch {
	case result.Denied() && result.UserDecides:
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: string(admission.UserUnknown), Kind: KindPodSecurity, Name: enforce.String(), Decides: true,
			Message: "Some users are exempt, and it is not known who creates the pod.",
		})
	case result.Denied():
		refusal := violations(&enforce.Standard, enforce.Violations, enforce.Message())
		if n := j.view.Namespace; n != nil {
			refusal.Since, refusal.NewerThanPods = n.EnforcedSince.Time, newer(r, n.EnforcedSince.Time)
		}
		out.refusals = append(out.refusals, refusal)
	case enforce.Caveat != "" && result.Exemption.By == "":
		out.notAsked = append(out.notAsked, NotAsked{
			Reason: ReasonVersionUnknown, Kind: KindPodSecurity, Name: enforce.String(), Message: enforce.Caveat, Decides: true,
		})
	}
	if result.DeniedAfterUpgrade() {
		next := *enforce
		next.Version, next.Violations = result.Forecast.Version, result.Forecast.Violations
		message := "after the upgrade to " + next.Version + ": " + next.Message()
		out.forecast = append(out.forecast, violations(&next.Standard, next.Violations, message))
	}
	softer := result.BreaksWhenEnforced()
	if len(softer) == 2 && softer[0].String() == softer[1].String() {
		softer[0].Mode += ", " + softer[1].Mode
		softer = softer[:1]
	}
	for i := range softer {
		v := &softer[i]
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
