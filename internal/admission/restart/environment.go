package restart

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/snapshot"
)

// environment is what the API server completes the replacement from.
func (j *judge) environment(r *replacement) candidate.Environment {
	d := &j.view.Defaults
	return candidate.Environment{
		Minor:           j.rules.Minor,
		LimitRanges:     objects(j.view, snapshot.LimitRanges, d.LimitRanges),
		ServiceAccounts: candidate.Objects[corev1.ServiceAccount]{Known: j.knowsAccount(r), List: account(r)},
		PriorityClasses: objects(j.view, snapshot.PriorityClasses, d.PriorityClasses),
		RuntimeClasses:  objects(j.view, snapshot.RuntimeClasses, d.RuntimeClasses),
	}
}

func objects[T any](view *snapshot.View, source snapshot.Source, list []*T) candidate.Objects[T] {
	return candidate.Objects[T]{Known: view.Known(source), List: list}
}

// knowsAccount is also true of one that is there although not all of them can be read.
func (j *judge) knowsAccount(r *replacement) bool {
	return r.Account != nil || j.view.Known(snapshot.ServiceAccounts)
}

// account is the ServiceAccount of the replacement as far as it is kept.
func account(r *replacement) []*corev1.ServiceAccount {
	if r.Account == nil {
		return nil
	}
	out := &corev1.ServiceAccount{AutomountServiceAccountToken: r.Account.Automount}
	out.Namespace, out.Name = r.namespace, snapshot.ServiceAccountName(r.Basis().Spec.Rules)
	for _, name := range r.Account.ImagePullSecrets {
		out.ImagePullSecrets = append(out.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	return []*corev1.ServiceAccount{out}
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
