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
		ServiceAccounts: j.accounts(r),
		PriorityClasses: objects(j.view, snapshot.PriorityClasses, d.PriorityClasses),
		RuntimeClasses:  objects(j.view, snapshot.RuntimeClasses, d.RuntimeClasses),
	}
}

// environmentOf is the environment of a pod that policies may have given another ServiceAccount, of which nothing is known.
func environmentOf(pod *corev1.Pod, env candidate.Environment, r *replacement) candidate.Environment {
	if snapshot.ServiceAccountName(&pod.Spec) != r.accountName {
		env.ServiceAccounts = candidate.Objects[corev1.ServiceAccount]{}
	}
	return env
}

func objects[T any](view *snapshot.View, source snapshot.Source, list []*T) candidate.Objects[T] {
	return candidate.Objects[T]{Known: view.Known(source), List: list}
}

// accounts holds the ServiceAccount of the replacement as far as it is kept. One that is there is known although not all of
// them can be read.
func (j *judge) accounts(r *replacement) candidate.Objects[corev1.ServiceAccount] {
	if r.account == nil {
		return candidate.Objects[corev1.ServiceAccount]{Known: j.view.Known(snapshot.ServiceAccounts)}
	}
	account := &corev1.ServiceAccount{AutomountServiceAccountToken: r.account.Automount}
	account.Namespace, account.Name = r.namespace, r.accountName
	for _, name := range r.account.ImagePullSecrets {
		account.ImagePullSecrets = append(account.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	if r.account.OnlyListed {
		account.Annotations = map[string]string{snapshot.OnlyListedSecrets: "true"}
		for _, name := range r.account.Secrets {
			account.Secrets = append(account.Secrets, corev1.ObjectReference{Name: name})
		}
	}
	return candidate.Objects[corev1.ServiceAccount]{Known: true, List: []*corev1.ServiceAccount{account}}
}
