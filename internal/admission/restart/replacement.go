package restart

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

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
	// accountName names the ServiceAccount, account is what is kept of it; nil where it is not there.
	accountName string
	account     *snapshot.ServiceAccount
}

func newReplacement(namespace string, r *snapshot.Replacement) *replacement {
	out := &replacement{
		Replacement: r, namespace: namespace,
		accountName: snapshot.ServiceAccountName(r.Basis().Spec.Rules), account: r.Account,
	}
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

// asItLives is the replacement of pods that come back as they are.
func (r *replacement) asItLives() *replacement {
	live := *r
	live.template = nil
	live.accountName, live.account = snapshot.ServiceAccountName(r.Live.Spec.Rules), r.LiveAccount
	return &live
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
		controller := *r.Controller
		controller.Controller = ptr.To(true)
		pod.OwnerReferences = []metav1.OwnerReference{controller}
		pod.GenerateName = r.Controller.Name + "-"
		if index, indexed := pod.Annotations[batchv1.JobCompletionIndexAnnotation]; indexed {
			pod.Spec.Hostname = pod.GenerateName + index
		}
	}
	if pod.Labels[appsv1.StatefulSetPodNameLabel] == pod.Name {
		pod.Spec.Hostname = pod.Name
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

// created is the pod that is sent to the API server: what the template makes, or the running pod without what the cluster
// put into it.
func (r *replacement) created() *corev1.Pod {
	if r.template == nil {
		return candidate.FromPod(r.live)
	}
	var id candidate.Identity
	switch {
	case r.live != nil:
		id = candidate.IdentityOf(r.live)
	case r.Set != nil:
		first := int(r.Set.Start)
		id = candidate.Identity{Ordinal: &first, Revision: r.Set.Revision, Service: r.Set.Service, Claims: r.Set.Claims}
	}
	return candidate.FromTemplate(r.template, r.owner(), id, r.namespace)
}

// asTemplate is a pod in the form of the template that would make it.
func asTemplate(pod *corev1.Pod) *corev1.PodTemplateSpec {
	return &corev1.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec}
}

// user creates the pods; ok is false where that is not known.
func (r *replacement) user() (who candidate.User, ok bool) { return candidate.UserOf(r.owner()) }

// Creators are those who create the pods of a workload, as far as that is known.
func Creators(view *snapshot.View) []candidate.User {
	var out []candidate.User
	for i := range view.Replacements {
		if who, known := newReplacement(view.Workload.Key.Namespace, &view.Replacements[i]).user(); known {
			out = append(out, who)
		}
	}
	return out
}

// owner creates the pods; the zero value where nobody does.
func (r *replacement) owner() candidate.Owner {
	if r.Controller == nil {
		return candidate.Owner{}
	}
	return candidate.Owner{APIVersion: r.Controller.APIVersion, Kind: r.Controller.Kind, Name: r.Controller.Name, UID: r.Controller.UID}
}
