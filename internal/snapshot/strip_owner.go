package snapshot

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// StripOwner does for an object that makes pods what StripPod does for a pod. It changes its argument, and leaves alone
// an object of any kind that OwnerOf does not read.
func StripOwner(object any) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.Template)
	case *appsv1.ReplicaSet:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.Template)
	case *appsv1.StatefulSet:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.Template)
	case *appsv1.DaemonSet:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.Template)
	case *batchv1.Job:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.Template)
	case *batchv1.CronJob:
		stripMeta(&o.ObjectMeta)
		StripTemplate(&o.Spec.JobTemplate.Spec.Template)
	case *corev1.ReplicationController:
		stripMeta(&o.ObjectMeta)
		if o.Spec.Template != nil {
			StripTemplate(o.Spec.Template)
		}
	}
}
