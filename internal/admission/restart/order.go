package restart

import (
	"cmp"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/dryrun"
)

// stages are the kinds that refuse pods, in the order in which the API server asks them (AllOrderedPlugins of Kubernetes
// 1.37): first what may change a pod, then the API server's own validation, then what only judges it. Three kinds come from a
// dry-run alone. Of a webhook it does not say whether it mutates: most that refuse do not. A plugin without a name is one that
// is off by default: those of Kubernetes that refuse pods, such as PodNodeSelector, do so before policies are asked.
var stages = [...]string{
	KindNamespace, "ServiceAccount", "PriorityClass", "RuntimeClass", string(dryrun.Plugin),
	string(admission.MutatingPolicy), string(admission.MutatingWebhooks), string(dryrun.Validation),
	"LimitRange", KindPodSecurity, string(admission.ValidatingPolicy), string(admission.ValidatingWebhooks),
	string(dryrun.Webhook), "ResourceQuota",
}

// stage of a kind; kinds that are not asked by themselves, such as the owner of the pod, come before all others.
func stage(kind string) int { return slices.Index(stages[:], kind) }

func compareRefusals(a, b Refusal) int {
	return cmp.Or(
		cmp.Compare(stage(a.Kind), stage(b.Kind)), strings.Compare(a.Name, b.Name), strings.Compare(a.Binding, b.Binding),
		strings.Compare(a.Message, b.Message), slices.Compare(a.Fields, b.Fields), a.Since.Compare(b.Since),
	)
}

// merged are the refusals in order, each once; one that is newer than some of the pods is newer than the pods.
func merged(refusals []Refusal) []Refusal {
	slices.SortStableFunc(refusals, compareRefusals)
	var out []Refusal
	for i := range refusals {
		if n := len(out); n > 0 && compareRefusals(out[n-1], refusals[i]) == 0 {
			out[n-1].NewerThanPods = out[n-1].NewerThanPods || refusals[i].NewerThanPods
			continue
		}
		out = append(out, refusals[i])
	}
	return out
}

// distinct is what was not asked in order, each once, what decides before the rest.
func distinct(list []NotAsked) []NotAsked {
	slices.SortFunc(list, func(a, b NotAsked) int {
		if a.Decides != b.Decides {
			if a.Decides {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(stage(a.Kind), stage(b.Kind)), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Reason, b.Reason), strings.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(list)
}

// sentence names what refuses, unless its message does.
func (r *Refusal) sentence() string {
	title := strings.TrimSpace(r.Kind + " " + r.Name)
	if r.Kind == KindPodSecurity || r.Kind == KindNamespace || strings.Contains(r.Message, title) {
		return r.Message
	}
	return title + ": " + r.Message
}

func (n *NotAsked) sentence() string { return n.title() + ": " + n.Message }

func (n *NotAsked) title() string { return strings.TrimSpace(n.Kind + " " + n.Name) }
