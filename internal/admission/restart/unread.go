package restart

import (
	"slices"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/snapshot"
)

// unread is a gap for each kind that decides about admission and cannot be read. Nothing would be refused for want of policies
// to ask.
func (j *judge) unread() []admission.Gap {
	var gaps []admission.Gap
	for _, kind := range [...]struct {
		kind    admission.Kind
		sources []snapshot.Source
	}{
		{admission.MutatingPolicy, []snapshot.Source{snapshot.MutatingAdmissionPolicies, snapshot.MutatingAdmissionPolicyBindings}},
		{admission.MutatingWebhooks, []snapshot.Source{snapshot.MutatingWebhookConfigurations}},
		{admission.ValidatingPolicy, []snapshot.Source{snapshot.ValidatingAdmissionPolicies, snapshot.ValidatingAdmissionPolicyBindings}},
		{admission.ValidatingWebhooks, []snapshot.Source{snapshot.ValidatingWebhookConfigurations}},
	} {
		for _, source := range kind.sources {
			if !j.view.Known(source) && !slices.Contains(j.view.NotGiven, source) {
				gaps = append(gaps, admission.Gap{
					Reason: ReasonSourceUnavailable, Policy: admission.Ref{Kind: kind.kind}, Message: string(source) + " cannot be read.",
					Enforced: kind.kind != admission.MutatingWebhooks,
				})
			}
		}
	}
	return gaps
}
