package snapshot

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// StripOwner removes from an object of one of the kinds of owner all but the chain and the template; of one that has a
// controller above it, only the chain is left.
func StripOwner(object any) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		o.Spec, o.Status = appsv1.DeploymentSpec{Template: templateOf(&o.ObjectMeta, o.Spec.Template, true)}, appsv1.DeploymentStatus{}
	case *appsv1.ReplicaSet:
		o.Spec, o.Status = appsv1.ReplicaSetSpec{Template: templateOf(&o.ObjectMeta, o.Spec.Template, false)}, appsv1.ReplicaSetStatus{}
	case *appsv1.StatefulSet:
		o.Spec, o.Status = appsv1.StatefulSetSpec{Template: templateOf(&o.ObjectMeta, o.Spec.Template, true)}, appsv1.StatefulSetStatus{}
	case *appsv1.DaemonSet:
		o.Spec, o.Status = appsv1.DaemonSetSpec{Template: templateOf(&o.ObjectMeta, o.Spec.Template, true)}, appsv1.DaemonSetStatus{}
	case *batchv1.CronJob:
		o.Spec = batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
			Template: templateOf(&o.ObjectMeta, o.Spec.JobTemplate.Spec.Template, true),
		}}}
		o.Status = batchv1.CronJobStatus{}
	case *batchv1.Job:
		o.Spec = batchv1.JobSpec{Template: templateOf(&o.ObjectMeta, o.Spec.Template, false)}
		o.Status = batchv1.JobStatus{Conditions: o.Status.Conditions}
	case *corev1.ReplicationController:
		if o.Spec.Template != nil {
			template := templateOf(&o.ObjectMeta, *o.Spec.Template, false)
			o.Spec = corev1.ReplicationControllerSpec{Template: &template}
		}
		o.Status = corev1.ReplicationControllerStatus{}
	}
}

// templateOf strips the metadata of an owner and returns what is kept of its template.
func templateOf(meta *metav1.ObjectMeta, template corev1.PodTemplateSpec, summit bool) corev1.PodTemplateSpec {
	stripMeta(meta)
	if !summit && metav1.GetControllerOfNoCopy(meta) != nil {
		return corev1.PodTemplateSpec{}
	}
	StripTemplate(&template)
	return template
}
