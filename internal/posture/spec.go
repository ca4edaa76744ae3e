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

// volumeSet is a set of volumes, all of one spec.
type volumeSet map[string]struct{}

func (n volumeSet) has(name string) bool {
	_, is := n[name]
	return is
}

// volumesThat are the volumes of a spec of which something is true.
func volumesThat(spec *corev1.PodSpec, is func(*corev1.Volume) bool) volumeSet {
	names := volumeSet{}
	for i := range spec.Volumes {
		if is(&spec.Volumes[i]) {
			names[spec.Volumes[i].Name] = struct{}{}
		}
	}
	return names
}

// removeVolumes takes volumes and their mounts out of the spec. The lists are made anew: others may hold the old ones.
func removeVolumes(spec *corev1.PodSpec, names volumeSet) {
	if len(names) == 0 {
		return
	}
	spec.Volumes = slices.DeleteFunc(slices.Clone(spec.Volumes), func(v corev1.Volume) bool { return names.has(v.Name) })
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		c.VolumeMounts = slices.DeleteFunc(slices.Clone(c.VolumeMounts), func(m corev1.VolumeMount) bool { return names.has(m.Name) })
	})
}
