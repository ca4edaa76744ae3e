package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// The runtime hides the dangerous files of /proc and mounts others read-only. Unmasked, root in the container can
// write core_pattern or sysrq-trigger, which act on the node.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.procMount
// Finds:  anything but Default
// Certain. With hostUsers: false, which the API demands beside Unmasked, it stays in the pod (KEP-4265).
func unmaskedProcMount() Check {
	return Check{
		ID:          "UnmaskedProcMount",
		Catalogue:   []string{"P10"},
		Title:       "Container has an unmasked /proc",
		Worst:       finding.EscapeAid,
		PodSecurity: "baseline",
		Find:        findUnmaskedProcMount,
		Breaks:      "A nested container runtime can no longer mount /proc in the container.",
		Fix: func(spec *corev1.PodSpec) {
			eachSecurityContext(spec, func(sc *corev1.SecurityContext) { sc.ProcMount = nil })
		},
	}
}

func findUnmaskedProcMount(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext == nil || c.SecurityContext.ProcMount == nil ||
			*c.SecurityContext.ProcMount == corev1.DefaultProcMount {
			continue
		}
		found := finding.Finding{
			Consequence: finding.EscapeAid,
			Container:   c.Name,
			Field:       c.Path("securityContext.procMount"),
			Value:       string(*c.SecurityContext.ProcMount),
			Message:     "The files of /proc that act on the node are neither hidden nor read-only.",
			Remediation: "Remove procMount; where containers are nested, set hostUsers: false beside it.",
		}
		if p.UserNamespace {
			found.Consequence = finding.Contained
			found.Message = "/proc is unmasked, which a user namespace keeps harmless for the node."
		}
		out.Add(found)
	}
}
