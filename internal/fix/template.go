package fix

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/daysix/daysix/internal/posture"
)

// Object is an object that makes pods, or a pod.
type Object interface {
	metav1.Object
	runtime.Object
}

// Decode reads an object of a kind that makes pods. A kind that is not Kubernetes' own is an error: where its pods come from
// is not known.
func Decode(raw map[string]any) (Object, error) {
	apiVersion, _ := raw["apiVersion"].(string)
	kind, _ := raw["kind"].(string)
	object := empty(apiVersion, kind)
	if object == nil {
		return nil, fmt.Errorf("where a %s of %s has its pod template is not known", kind, apiVersion)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, object); err != nil {
		return nil, fmt.Errorf("reading a %s: %w", kind, err)
	}
	return object, nil
}

func empty(apiVersion, kind string) Object {
	switch apiVersion + " " + kind {
	case "v1 Pod":
		return &corev1.Pod{}
	case "v1 ReplicationController":
		return &corev1.ReplicationController{}
	case "apps/v1 Deployment":
		return &appsv1.Deployment{}
	case "apps/v1 ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "apps/v1 StatefulSet":
		return &appsv1.StatefulSet{}
	case "apps/v1 DaemonSet":
		return &appsv1.DaemonSet{}
	case "batch/v1 Job":
		return &batchv1.Job{}
	case "batch/v1 CronJob":
		return &batchv1.CronJob{}
	default:
		return nil
	}
}

// PodSpec is the spec of the pods that an object makes, within the object; nil where it makes none.
func PodSpec(object Object) *corev1.PodSpec {
	switch o := object.(type) {
	case *corev1.Pod:
		return &o.Spec
	case *corev1.ReplicationController:
		if o.Spec.Template == nil {
			return nil
		}
		return &o.Spec.Template.Spec
	case *appsv1.Deployment:
		return &o.Spec.Template.Spec
	case *appsv1.ReplicaSet:
		return &o.Spec.Template.Spec
	case *appsv1.StatefulSet:
		return &o.Spec.Template.Spec
	case *appsv1.DaemonSet:
		return &o.Spec.Template.Spec
	case *batchv1.Job:
		return &o.Spec.Template.Spec
	case *batchv1.CronJob:
		return &o.Spec.JobTemplate.Spec.Template.Spec
	default:
		return nil
	}
}

// Fixed is an object with fixes made to its pods, in order.
func Fixed(object Object, checks []posture.Check) (Object, error) {
	fixed, ok := object.DeepCopyObject().(Object)
	spec := PodSpec(fixed)
	if !ok || spec == nil {
		return nil, fmt.Errorf("%s has no pod template", object.GetName())
	}
	apply(spec, checks)
	return fixed, nil
}

func apply(spec *corev1.PodSpec, checks []posture.Check) {
	for i := range checks {
		checks[i].Fix(spec)
	}
}
