package fix

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// Object is an object that makes pods, or a pod.
type Object = snapshot.Maker

// Decode reads an object of a kind that makes pods. A kind that is not Kubernetes' own is an error: where its pods come from
// is not known.
func Decode(raw map[string]any) (Object, error) {
	apiVersion, _ := raw["apiVersion"].(string)
	kind, _ := raw["kind"].(string)
	object := snapshot.NewMaker(apiVersion, kind)
	if apiVersion == "v1" && kind == "Pod" {
		object = &corev1.Pod{}
	}
	if object == nil {
		return nil, fmt.Errorf("where a %s of %s has its pod template is not known", kind, apiVersion)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, object); err != nil {
		return nil, fmt.Errorf("reading a %s: %w", kind, err)
	}
	return object, nil
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
