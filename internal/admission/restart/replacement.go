package restart

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/snapshot"
)

// replacement is a set of pods that would be replaced alike, in the forms that are judged.
type replacement struct {
	*snapshot.Replacement
	namespace string
	// live is one of the pods; nil where none runs.
	live *corev1.Pod
	// template is what its controller makes pods from; nil where the pod is judged as it lives.
	template *corev1.PodTemplateSpec
}

func newReplacement(namespace string, r *snapshot.Replacement) *replacement {
	out := &replacement{Replacement: r, namespace: namespace}
	if r.Live != nil {
		out.live = livePod(namespace, r)
	}
	if r.Template != nil {
		out.template = &corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: r.Template.Labels, Annotations: r.Template.Annotations},
			Spec:       *r.Template.Spec.Whole,
		}
	}
	return out
}

// livePod is the first of the pods as the API server holds it, with the names that pods made alike do not share.
func livePod(namespace string, r *snapshot.Replacement) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: r.Pods[0], Labels: r.Live.Labels, Annotations: r.Live.Annotations,
			CreationTimestamp: r.Oldest,
		},
		Spec: *r.Live.Spec.Whole,
	}
	if r.Controller != nil {
		pod.OwnerReferences = []metav1.OwnerReference{*r.Controller}
	}
	pod.Spec.Volumes = slices.Clone(pod.Spec.Volumes)
	for i := range pod.Spec.Volumes {
		claim := pod.Spec.Volumes[i].PersistentVolumeClaim
		if claim == nil {
			continue
		}
		if prefix, unified := strings.CutSuffix(claim.ClaimName, "-*"); unified {
			own := *claim
			own.ClaimName = prefix + "-" + pod.Name
			pod.Spec.Volumes[i].PersistentVolumeClaim = &own
		}
	}
	return pod
}

// candidate is the pod that would be created: from the template, with what admission has injected into the running pod; or
// the pod as it lives.
func (r *replacement) candidate() *corev1.Pod {
	if r.template == nil {
		return candidate.FromPod(r.live)
	}
	if r.live == nil {
		return candidate.FromTemplate(r.template, r.owner(), candidate.Identity{}, r.namespace)
	}
	pod := candidate.FromTemplate(r.template, r.owner(), candidate.IdentityOf(r.live), r.namespace)
	injected := candidate.InjectedFrom(r.live, r.template)
	if injected.Empty() {
		return pod
	}
	return injected.Into(pod)
}

// user creates the pods; ok is false where that is not known.
func (r *replacement) user() (candidate.User, bool) {
	return candidate.UserOf(r.owner())
}

// owner creates the pods; the zero value where nobody does.
func (r *replacement) owner() candidate.Owner {
	if r.Controller == nil {
		return candidate.Owner{}
	}
	return candidate.Owner{APIVersion: r.Controller.APIVersion, Kind: r.Controller.Kind, Name: r.Controller.Name, UID: r.Controller.UID}
}
