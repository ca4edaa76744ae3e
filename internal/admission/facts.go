package admission

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// facts are what may be missing, in the order in which it is said.
var facts = [...]struct {
	reads  reads
	reason Reason
}{
	{readsBroken, PolicyBroken},
	{readsUser, UserUnknown},
	{readsIdentity, UserUnknown},
	{readsAuthorizer, AuthorizerNotAsked},
	{readsLiterals, LiteralsNotKept},
}

// message says in a sentence what is not known.
func (r Reason) message() string {
	switch r {
	case ParamUnreadable:
		return "The policy takes parameters of a kind that may not be read."
	case ParamNotSynced:
		return "The policy takes parameters of a kind that has not been read yet."
	case PolicyBroken:
		return "The policy does not compile, and ignores failures."
	case UserUnknown:
		return "The policy asks who creates the pod, which is not known."
	case AuthorizerNotAsked:
		return "The policy asks the authorizer, which was not asked."
	case LiteralsNotKept:
		return "The policy reads the literal value of an environment variable, which is not kept."
	case NamespaceNotRead:
		return "The namespace has not been read."
	case WebhookNotAsked:
		return "The webhook is called when the pod is created, and was not asked."
	case MutatingWebhookNotApplied:
		return "The webhook may change the pod when it is created, and was not applied."
	default:
		return ""
	}
}

// notAsked stands for an authorizer that is not there. Nothing that it says is used.
type notAsked struct{}

// Authorize has no opinion.
func (notAsked) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionNoOpinion, "", nil
}

// hasLiterals tells whether an environment variable has a literal value that is not empty.
func hasLiterals(spec *corev1.PodSpec) bool {
	for _, list := range [...][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			if anyLiteral(list[i].Env) {
				return true
			}
		}
	}
	for i := range spec.EphemeralContainers {
		if anyLiteral(spec.EphemeralContainers[i].Env) {
			return true
		}
	}
	return false
}

func anyLiteral(env []corev1.EnvVar) bool {
	for i := range env {
		if env[i].Value != "" {
			return true
		}
	}
	return false
}

// typed is the pod as the API server begins with it: with its kind, and without what only the API server sets. The rest is
// shared.
func typed(given *corev1.Pod) *corev1.Pod {
	pod := *given
	pod.SetGroupVersionKind(podKind)
	pod.UID, pod.ResourceVersion, pod.Generation, pod.ManagedFields = "", "", 0, nil
	pod.CreationTimestamp, pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = metav1.Time{}, nil, nil
	pod.Status = corev1.PodStatus{}
	return &pod
}

// labelled is the namespace with these labels. The rest is shared.
func labelled(given *corev1.Namespace, set labels.Set) *corev1.Namespace {
	namespace := *given
	namespace.Labels = set
	return &namespace
}
