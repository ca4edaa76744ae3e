package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionSeccompDefault = "The kubelet's seccompDefault decides."

// A container that names no seccomp profile gets the one of the runtime only where the kubelet is told so.
//
// Fields: spec.securityContext.seccompProfile,
//
//	spec.{containers,initContainers,ephemeralContainers}[*].securityContext.seccompProfile
//
// Finds:  unset on the container and on the pod; not beside privileged: true, where a profile means nothing
// Conditional: the kubelet's configuration is not in the API.
func seccompUnset() Check {
	return Check{
		ID:          "SeccompUnset",
		Catalogue:   []string{"P07"},
		Title:       "No seccomp profile is named",
		Worst:       finding.Hygiene,
		PodSecurity: "restricted",
		Find:        findSeccompUnset,
		Breaks:      "A system call that the runtime's profile refuses fails: most programs make none of them.",
		Fix: func(spec *corev1.PodSpec) {
			if spec.SecurityContext == nil {
				spec.SecurityContext = &corev1.PodSecurityContext{}
			}
			if spec.SecurityContext.SeccompProfile == nil {
				spec.SecurityContext.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
			}
		},
	}
}

func findSeccompUnset(p *Pod, out *Findings) {
	if p.Windows || p.Spec.SecurityContext != nil && p.Spec.SecurityContext.SeccompProfile != nil {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext != nil && c.SecurityContext.SeccompProfile != nil || c.privileged() {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Condition:   conditionSeccompDefault,
			Container:   c.Name,
			Field:       c.Path("securityContext.seccompProfile"),
			Message:     "Most kubelets apply no seccomp profile where none is named.",
			Remediation: "Set seccompProfile.type: RuntimeDefault on the pod.",
		})
	}
}
