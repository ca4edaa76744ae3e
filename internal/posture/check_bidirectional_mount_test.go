package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestBidirectionalMount(t *testing.T) {
	mounts := func(modes ...corev1.MountPropagationMode) []corev1.Container {
		list := []corev1.VolumeMount{{Name: "unset"}}
		for _, mode := range modes {
			list = append(list, corev1.VolumeMount{Name: "v", MountPropagation: ptr.To(mode)})
		}
		return []corev1.Container{{Name: "app", VolumeMounts: list}}
	}
	assertJudged(t, bidirectionalMount(), map[string]judged{
		"unset, None and HostToContainer are clean": {
			spec: corev1.PodSpec{Containers: mounts(corev1.MountPropagationNone, corev1.MountPropagationHostToContainer)},
		},
		"Bidirectional is found": {
			spec: corev1.PodSpec{Containers: mounts(corev1.MountPropagationBidirectional)},
			want: []string{"Minimal BidirectionalMount EscapeAid spec.containers[0].volumeMounts[1].mountPropagation=Bidirectional (app)"},
		},
		"Windows has no propagation": {spec: corev1.PodSpec{OS: windows(), Containers: mounts(corev1.MountPropagationBidirectional)}},
	})
}
