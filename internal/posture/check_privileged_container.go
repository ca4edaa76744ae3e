package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A privileged container has every capability, every device of the node and no masked path: it can mount the node's
// disk, load a kernel module or write core_pattern.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.privileged
// Finds:  true
// Certain for root. Conditional for other users (devices and unmasked paths stay open by file mode) and in a sandbox.
// With hostUsers: false the capabilities hold inside the user namespace only, which leaves an aid to an escape.
func privilegedContainer() Check {
	return Check{
		ID:          "PrivilegedContainer",
		Catalogue:   []string{"P01"},
		Title:       "Container runs privileged",
		Worst:       finding.NodeRoot,
		PodSecurity: "baseline",
		Find:        findPrivilegedContainer,
		Breaks:      "A program that mounts, loads modules or opens devices of the node is refused.",
		Fix: func(spec *corev1.PodSpec) {
			eachSecurityContext(spec, func(sc *corev1.SecurityContext) { sc.Privileged = nil })
		},
	}
}

func findPrivilegedContainer(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		if !c.privileged() {
			continue
		}
		found := finding.Finding{
			Consequence: finding.NodeRoot,
			Condition:   firstCondition(c.rootCondition(), p.sandboxCondition()),
			Container:   c.Name,
			Field:       c.Path("securityContext.privileged"),
			Value:       "true",
			Message:     "A privileged container is root on its node: it can mount the disk or load a kernel module.",
			Remediation: "Remove privileged: true; add the one capability that is needed instead.",
		}
		// The checks of capabilities, seccomp and privilege escalation are silent here, since this says more. What they
		// would say must not be lost to the score.
		found.Also = []finding.Effect{{Consequence: finding.EscapeAid}}
		if p.UserNamespace {
			found.Consequence, found.Condition, found.Also = finding.EscapeAid, "", nil
			found.Message = "In its user namespace the container has every capability, which helps an escape."
		}
		out.Add(found)
	}
}
