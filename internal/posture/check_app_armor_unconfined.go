package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// The runtime's AppArmor profile denies mounts and writes to /sys and most of /proc/sys; unconfined, the kernel's own
// permissions are all that is left.
//
// Fields: spec.securityContext.appArmorProfile.type,
//
//	spec.{containers,initContainers,ephemeralContainers}[*].securityContext.appArmorProfile.type,
//	metadata.annotations["container.apparmor.security.beta.kubernetes.io/<container>"]
//
// Finds:  Unconfined; in the annotation anything but runtime/default and localhost/…
// Certain. The annotation counts where the container has no field of its own, as in the kubelet.
func appArmorUnconfined() Check {
	return Check{
		ID:          "AppArmorUnconfined",
		Catalogue:   []string{"P07"},
		Title:       "AppArmor is switched off",
		Worst:       finding.EscapeAid,
		PodSecurity: "baseline",
		Find:        findAppArmorUnconfined,
		Breaks:      "A program that mounts, traces or writes under /proc and /sys is refused by the runtime's AppArmor profile.",
		Fix:         fixAppArmorUnconfined,
	}
}

func findAppArmorUnconfined(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	found := finding.Finding{
		Consequence: finding.EscapeAid,
		Value:       string(corev1.AppArmorProfileTypeUnconfined),
		Message:     "No AppArmor profile denies mounts or writes to /sys and /proc/sys.",
		Remediation: "Set appArmorProfile.type: RuntimeDefault and remove the annotation.",
	}
	if sc := p.Spec.SecurityContext; sc != nil && isAppArmorUnconfined(sc.AppArmorProfile) {
		found.Field = "spec.securityContext.appArmorProfile.type"
		out.Add(found)
	}
	annotated := hasAppArmorAnnotation(p.Annotations)
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext != nil && c.SecurityContext.AppArmorProfile != nil {
			if isAppArmorUnconfined(c.SecurityContext.AppArmorProfile) {
				found.Container, found.Field = c.Name, c.Path("securityContext.appArmorProfile.type")
				out.Add(found)
			}
			continue
		}
		if !annotated {
			continue
		}
		key := corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + c.Name
		if value := p.Annotations[key]; isUnconfinedAnnotation(value) {
			byAnnotation := found
			byAnnotation.Container, byAnnotation.Field, byAnnotation.Value = c.Name, "metadata.annotations["+key+"]", value
			out.Add(byAnnotation)
		}
	}
}

// The profile is said on each container, for only there it beats a legacy annotation.
func fixAppArmorUnconfined(spec *corev1.PodSpec) {
	profile := &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}
	if sc := spec.SecurityContext; sc != nil && sc.AppArmorProfile != nil {
		if isAppArmorUnconfined(sc.AppArmorProfile) {
			sc.AppArmorProfile = profile
		}
		profile = sc.AppArmorProfile
	}
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		if c.SecurityContext == nil {
			c.SecurityContext = &corev1.SecurityContext{}
		}
		if current := c.SecurityContext.AppArmorProfile; current == nil || isAppArmorUnconfined(current) {
			c.SecurityContext.AppArmorProfile = profile.DeepCopy()
		}
	})
}
