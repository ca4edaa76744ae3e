package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestSharedProcessNamespaceNeedsTwoContainersAtATime(t *testing.T) {
	found := []string{"Minimal SharedProcessNamespace Contained spec.shareProcessNamespace=true"}
	share := func(change func(*corev1.PodSpec)) corev1.PodSpec {
		spec := corev1.PodSpec{ShareProcessNamespace: ptr.To(true), Containers: one(nil)}
		change(&spec)
		return spec
	}
	assertJudged(t, sharedProcessNamespace(), map[string]judged{
		"one container has nobody to share with": {spec: share(func(*corev1.PodSpec) {})},
		"two containers share": {
			spec: share(func(s *corev1.PodSpec) { s.Containers = append(s.Containers, corev1.Container{Name: "b"}) }), want: found,
		},
		"an init container is gone before": {
			spec: share(func(s *corev1.PodSpec) { s.InitContainers = []corev1.Container{{Name: "setup"}} }),
		},
		"a sidecar stays": {
			spec: share(func(s *corev1.PodSpec) {
				s.InitContainers = []corev1.Container{{Name: "proxy", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)}}
			}),
			want: found,
		},
		"an ephemeral container joins": {
			spec: share(func(s *corev1.PodSpec) { s.EphemeralContainers = []corev1.EphemeralContainer{{}} }), want: found,
		},
		"false shares nothing": {
			spec: share(func(s *corev1.PodSpec) {
				s.ShareProcessNamespace = ptr.To(false)
				s.Containers = append(s.Containers, corev1.Container{Name: "b"})
			}),
		},
	})
}
