package restart

import (
	"fmt"
	"slices"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/snapshot"
)

// policySources hold what decides about pods, each with the kind that stands for it. A mutating webhook is not taken to
// refuse pods.
var policySources = [...]struct {
	source  snapshot.Source
	kind    admission.Kind
	decides bool
}{
	{snapshot.MutatingAdmissionPolicies, admission.MutatingPolicy, true},
	{snapshot.MutatingAdmissionPolicyBindings, admission.MutatingPolicy, true},
	{snapshot.MutatingWebhookConfigurations, admission.MutatingWebhooks, false},
	{snapshot.ValidatingAdmissionPolicies, admission.ValidatingPolicy, true},
	{snapshot.ValidatingAdmissionPolicyBindings, admission.ValidatingPolicy, true},
	{snapshot.ValidatingWebhookConfigurations, admission.ValidatingWebhooks, true},
}

// addSources names the sources that cannot be read: of policies, and of the template where the pod is judged as it lives for
// want of it.
func (j *judge) addSources(out *judgement, r *replacement) {
	for i := range policySources {
		of := &policySources[i]
		j.addSource(out, of.source, NotAsked{Kind: string(of.kind), Decides: of.decides})
	}
	if r.template == nil && r.Controller != nil {
		if source, read := snapshot.SourceOf(r.Controller.APIVersion, r.Controller.Kind); read {
			j.addSource(out, source, NotAsked{Kind: r.Controller.Kind, Name: r.Controller.Name, Decides: true})
		}
	}
}

// addSource names something for want of a source, where that is unavailable.
func (j *judge) addSource(out *judgement, source snapshot.Source, n NotAsked) (unavailable bool) {
	at := slices.IndexFunc(j.view.Unavailable, func(s snapshot.SourceStatus) bool { return s.Source == source })
	if at < 0 {
		return false
	}
	n.Reason = ReasonSourceUnavailable
	n.Message = fmt.Sprintf("%s cannot be read (%s).", source, j.view.Unavailable[at].State)
	out.notAsked = append(out.notAsked, n)
	return true
}

// sourceOf is the source whose objects a plugin reads.
func sourceOf(plugin candidate.Plugin) snapshot.Source {
	switch plugin {
	case candidate.LimitRanger:
		return snapshot.LimitRanges
	case candidate.ServiceAccount:
		return snapshot.ServiceAccounts
	case candidate.Priority:
		return snapshot.PriorityClasses
	case candidate.RuntimeClass:
		return snapshot.RuntimeClasses
	case candidate.ResourceQuota:
		return snapshot.ResourceQuotas
	}
	return ""
}

func ofMutatingPolicy(n NotAsked) bool { return n.Kind == string(admission.MutatingPolicy) }

func ofMutatingWebhook(n NotAsked) bool { return n.Kind == string(admission.MutatingWebhooks) }
