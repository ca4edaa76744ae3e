package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Unless allowPrivilegeEscalation is false, the runtime leaves no_new_privs off, and a set-user-ID program of the image
// makes any process root, with the capabilities that the container was given.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.allowPrivilegeEscalation
// Finds:  unset, true; not beside privileged: true, which forces it on and is found by itself
// With hostUsers: false the process becomes root of the user namespace only, which lowers the finding.
func privilegeEscalationAllowed() Check {
	return Check{
		ID:          "PrivilegeEscalationAllowed",
		Catalogue:   []string{"P06"},
		Title:       "Privilege escalation is not disabled",
		Worst:       finding.EscapeAid,
		PodSecurity: "restricted",
		Find:        findPrivilegeEscalationAllowed,
		Breaks:      "sudo, ping and other set-user-ID programs in the image run without more rights than their caller.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				if sc := securityContext(c); !isTrue(sc.Privileged) {
					no := false
					sc.AllowPrivilegeEscalation = &no
				}
			})
		},
	}
}

func findPrivilegeEscalationAllowed(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		sc := c.SecurityContext
		if sc != nil && (isFalse(sc.AllowPrivilegeEscalation) || isTrue(sc.Privileged)) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.EscapeAid,
			Condition:   p.userNamespaceCondition(),
			Container:   c.Name,
			Field:       c.Path("securityContext.allowPrivilegeEscalation"),
			Message:     "A set-user-ID program of the image makes a process of this container root.",
			Remediation: "Set allowPrivilegeEscalation: false.",
		}
		if sc != nil && sc.AllowPrivilegeEscalation != nil {
			found.Value = "true"
		}
		out.Add(found)
	}
}
