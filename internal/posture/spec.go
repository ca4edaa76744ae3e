package posture

import corev1 "k8s.io/api/core/v1"

func isTrue(b *bool) bool { return b != nil && *b }

func isFalse(b *bool) bool { return b != nil && !*b }

// eachContainer visits the containers of all kinds. Fixes use it; checks walk Pod.Containers, which is laid out once.
func eachContainer(spec *corev1.PodSpec, visit func(*corev1.Container)) {
	for i := range spec.Containers {
		visit(&spec.Containers[i])
	}
	for i := range spec.InitContainers {
		visit(&spec.InitContainers[i])
	}
	for i := range spec.EphemeralContainers {
		visit((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
}

// eachSecurityContext visits the security contexts that are set.
func eachSecurityContext(spec *corev1.PodSpec, visit func(*corev1.SecurityContext)) {
	eachContainer(spec, func(c *corev1.Container) {
		if c.SecurityContext != nil {
			visit(c.SecurityContext)
		}
	})
}
