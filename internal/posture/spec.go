package posture

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func isTrue(b *bool) bool { return b != nil && *b }

func isFalse(b *bool) bool { return b != nil && !*b }

// eachSecurityContext visits the security contexts that are set.
func eachSecurityContext(spec *corev1.PodSpec, visit func(*corev1.SecurityContext)) {
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		if c.SecurityContext != nil {
			visit(c.SecurityContext)
		}
	})
}

// securityContext is the container's own security context, made where there is none. Only fixes use it.
func securityContext(c *corev1.Container) *corev1.SecurityContext {
	if c.SecurityContext == nil {
		c.SecurityContext = &corev1.SecurityContext{}
	}
	return c.SecurityContext
}

// removeVolume takes a volume and its mounts out of the spec. The lists are made anew: others may hold the old ones.
func removeVolume(spec *corev1.PodSpec, name string) {
	spec.Volumes = slices.DeleteFunc(slices.Clone(spec.Volumes), func(v corev1.Volume) bool { return v.Name == name })
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		c.VolumeMounts = slices.DeleteFunc(slices.Clone(c.VolumeMounts), func(m corev1.VolumeMount) bool {
			return m.Name == name
		})
	})
}
