package snapshot

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

// The object belongs to the cache of the informer and is read by many: not even the text that a quantity remembers may be
// written into it. reflect.DeepEqual sees that text.
func TestSummingAShapeLeavesTheObjectAlone(t *testing.T) {
	field := &corev1.ResourceFieldSelector{Resource: "limits.cpu", Divisor: resource.MustParse("1m")}
	list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m"), corev1.ResourceMemory: resource.MustParse("1.5Gi")}
	claim := &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{
		Resources: corev1.VolumeResourceRequirements{Requests: list},
	}}
	items := []corev1.DownwardAPIVolumeFile{{Path: "cpu", ResourceFieldRef: field.DeepCopy()}}
	pod := newPod("web")
	pod.Spec.Overhead = list
	pod.Spec.Resources = &corev1.ResourceRequirements{Limits: list}
	pod.Spec.Volumes = []corev1.Volume{
		{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: ptr.To(resource.MustParse("64Mi"))}}},
		{Name: "info", VolumeSource: corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: items}}},
		{Name: "all", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: items}},
		}}}},
		{Name: "data", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: claim}}},
	}
	pod.Spec.Containers[0].Resources = corev1.ResourceRequirements{Limits: list, Requests: list}
	pod.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "CPU", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: field}}}
	StripPod(pod)
	before := pod.DeepCopy()
	New().UpsertPod(pod)
	if !reflect.DeepEqual(before, pod) {
		t.Fatal("the object has changed")
	}
}
