package admission

import (
	"context"
	"slices"

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
		return "The policy reads a literal value of the pod, such as of an environment variable, which is not kept."
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

// hasLiterals tells whether the pod has a literal value that is not kept: of an environment variable, of a header that a probe
// sends, or of what the driver of a volume is told.
func hasLiterals(spec *corev1.PodSpec) bool {
	if slices.ContainsFunc(spec.Volumes, tellsDriver) {
		return true
	}
	for _, list := range [...][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			if anyLiteral(list[i].Env) || sendsHeaders(&list[i]) {
				return true
			}
		}
	}
	for i := range spec.EphemeralContainers {
		if anyLiteral(spec.EphemeralContainers[i].Env) { // It has no probes and no lifecycle.
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

// sendsHeaders tells whether a probe or a hook of the container sends headers.
func sendsHeaders(c *corev1.Container) bool {
	for _, probe := range [...]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil && probe.HTTPGet != nil && len(probe.HTTPGet.HTTPHeaders) > 0 {
			return true
		}
	}
	if c.Lifecycle == nil {
		return false
	}
	for _, hook := range [...]*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
		if hook != nil && hook.HTTPGet != nil && len(hook.HTTPGet.HTTPHeaders) > 0 {
			return true
		}
	}
	return false
}

// tellsDriver tells whether a driver of the volume is told something in free text.
func tellsDriver(v corev1.Volume) bool {
	return v.CSI != nil && len(v.CSI.VolumeAttributes) > 0 || v.FlexVolume != nil && len(v.FlexVolume.Options) > 0 || v.GitRepo != nil
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
