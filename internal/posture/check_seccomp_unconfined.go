package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// Without a seccomp profile every system call of the kernel is open to the container, the ones behind most escapes
// among them.
//
// Fields: spec.securityContext.seccompProfile.type,
//
//	spec.{containers,initContainers,ephemeralContainers}[*].securityContext.seccompProfile.type
//
// Finds:  Unconfined
// Certain. A user namespace does not change it.
func seccompUnconfined() Check {
	return Check{
		ID:          "SeccompUnconfined",
		Catalogue:   []string{"P07"},
		Title:       "Seccomp is switched off",
		Worst:       finding.EscapeAid,
		PodSecurity: "baseline",
		Find:        findSeccompUnconfined,
		Breaks:      "A system call that the runtime's profile refuses fails: most programs make none of them.",
		Fix: func(spec *corev1.PodSpec) {
			if sc := spec.SecurityContext; sc != nil && isSeccompUnconfined(sc.SeccompProfile) {
				sc.SeccompProfile.Type = corev1.SeccompProfileTypeRuntimeDefault
			}
			eachSecurityContext(spec, func(sc *corev1.SecurityContext) {
				if isSeccompUnconfined(sc.SeccompProfile) {
					sc.SeccompProfile.Type = corev1.SeccompProfileTypeRuntimeDefault
				}
			})
		},
	}
}

func findSeccompUnconfined(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	found := finding.Finding{
		Consequence: finding.EscapeAid,
		Value:       string(corev1.SeccompProfileTypeUnconfined),
		Message:     "Every system call is open: a flaw in the kernel is easier to reach.",
		Remediation: "Set seccompProfile.type: RuntimeDefault, or Localhost with a profile of your own.",
	}
	if sc := p.Spec.SecurityContext; sc != nil && isSeccompUnconfined(sc.SeccompProfile) {
		found.Field = "spec.securityContext.seccompProfile.type"
		out.Add(found)
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext != nil && isSeccompUnconfined(c.SecurityContext.SeccompProfile) {
			found.Container, found.Field = c.Name, c.Path("securityContext.seccompProfile.type")
			out.Add(found)
		}
	}
}
