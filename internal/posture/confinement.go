package posture

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// What confines a container besides its user and capabilities: AppArmor, seccomp, SELinux. Nothing confines a
// privileged one.

func (c *Container) privileged() bool {
	return c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged)
}

// appArmorOff tells whether the container runs without AppArmor on any node: it says so, or it is privileged.
func (p *Pod) appArmorOff(c *Container) bool { return c.privileged() || p.appArmorUnconfined(c) }

// appArmorUnconfined follows the kubelet: the container's field, then its annotation, then the pod's field.
func (p *Pod) appArmorUnconfined(c *Container) bool {
	if c.SecurityContext != nil && c.SecurityContext.AppArmorProfile != nil {
		return isAppArmorUnconfined(c.SecurityContext.AppArmorProfile)
	}
	if value := p.Annotations[corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix+c.Name]; value != "" {
		return isUnconfinedAnnotation(value)
	}
	return p.Spec.SecurityContext != nil && isAppArmorUnconfined(p.Spec.SecurityContext.AppArmorProfile)
}

// A clean pod has annotations, but none of these: one pass over them is cheaper than a key for each container.
func hasAppArmorAnnotation(annotations map[string]string) bool {
	for key := range annotations {
		if strings.HasPrefix(key, corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix) {
			return true
		}
	}
	return false
}

func isAppArmorUnconfined(profile *corev1.AppArmorProfile) bool {
	return profile != nil && profile.Type == corev1.AppArmorProfileTypeUnconfined
}

func isUnconfinedAnnotation(value string) bool {
	return value != "" && value != corev1.DeprecatedAppArmorBetaProfileRuntimeDefault &&
		!strings.HasPrefix(value, corev1.DeprecatedAppArmorBetaProfileNamePrefix)
}

// seccompOff tells whether no seccomp profile is asked for; the kubelet's seccompDefault may still set one where the
// field is unset (P07).
func (p *Pod) seccompOff(c *Container) bool {
	var profile *corev1.SeccompProfile
	if sc := p.Spec.SecurityContext; sc != nil {
		profile = sc.SeccompProfile
	}
	if sc := c.SecurityContext; sc != nil && sc.SeccompProfile != nil {
		profile = sc.SeccompProfile
	}
	return profile == nil || isSeccompUnconfined(profile) || c.privileged()
}

func isSeccompUnconfined(profile *corev1.SeccompProfile) bool {
	return profile != nil && profile.Type == corev1.SeccompProfileTypeUnconfined
}

// The types of Pod Security baseline; container_engine_t since version 1.31.
func isConfinedSELinuxType(name string) bool {
	switch name {
	case "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t":
		return true
	default:
		return false
	}
}

func confineSELinux(options *corev1.SELinuxOptions) {
	if options == nil {
		return
	}
	if !isConfinedSELinuxType(options.Type) {
		options.Type = ""
	}
	options.User, options.Role = "", ""
}
