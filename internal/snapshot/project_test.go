package snapshot

import (
	"runtime"
	"testing"
	"weak"

	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What is kept must not lead back to the object: its annotations may hold the manifest, and that the literal values.
func TestWhatIsKeptOfAnObjectDoesNotHoldTheObject(t *testing.T) {
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "shop"}},
		Spec:       corev1.PodSpec{ServiceAccountName: "shop", Containers: []corev1.Container{{Name: "shop", Image: "shop:1"}}},
	}
	meta := metav1.ObjectMeta{Namespace: "shop", Name: "shop", UID: "1", Annotations: map[string]string{"a": "b"}}
	one := int32(1)
	released := map[string]func(s *Snapshot) (any, func() bool){
		"Pod": release(&corev1.Pod{
			ObjectMeta: meta, Spec: template.Spec,
			Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
				Name: "shop", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 7}},
			}}},
		}),
		"Deployment": release(&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: template}}),
		"ReplicaSet": release(&appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Replicas: &one, Template: template}}),
		"StatefulSet": release(&appsv1.StatefulSet{
			ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Replicas: &one, Template: template},
			Status: appsv1.StatefulSetStatus{UpdateRevision: "shop-1", CurrentRevision: "shop-1"},
		}),
		"DaemonSet": release(&appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Template: template}}),
		"Job":       release(&batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Template: template}}),
		"CronJob": release(&batchv1.CronJob{
			ObjectMeta: meta, Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}},
		}),
		"ReplicationController": release(&corev1.ReplicationController{
			ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Replicas: &one, Template: &template},
		}),
		"Namespace": release(&corev1.Namespace{ObjectMeta: meta}),
	}
	for kind, transform := range released {
		t.Run(kind, func(t *testing.T) {
			g := gomega.NewWithT(t)
			s := New()
			kept, gone := transform(s)
			g.Eventually(func() bool { runtime.GC(); return gone() }).Should(gomega.BeTrue(), "the object is still held")
			runtime.KeepAlive(kept)
			runtime.KeepAlive(s)
		})
	}
}

// release transforms a copy of an object that nothing else holds. It returns what is kept, and whether the copy is gone.
func release[T any, P interface {
	*T
	DeepCopy() P
}](object P) func(*Snapshot) (any, func() bool) {
	return func(s *Snapshot) (any, func() bool) {
		copied := (*T)(object.DeepCopy())
		held := weak.Make(copied)
		return s.Transform(P(copied)), func() bool { return held.Value() == nil }
	}
}
