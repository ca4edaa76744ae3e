package posture

import "github.com/daysix/daysix/internal/finding"

// Where neither the spec nor the runtime says who a container is, the USER of its image decides, and most images name
// none, which is root.
//
// Fields: as RunAsRoot, and runAsNonRoot of the pod and its containers
// Finds:  no UID, no runAsNonRoot: true, and nothing reported by the runtime
// Conditional by nature.
func runAsRootAssumed() Check {
	return Check{
		ID:          "RunAsRootAssumed",
		Catalogue:   []string{"P06"},
		Title:       "Container may run as root: the image decides",
		Worst:       finding.EscapeAid,
		PodSecurity: "restricted",
		Find:        findRunAsRootAssumed,
		Breaks:      "The container does not start where its image runs as root.",
		Fix:         refuseRoot,
	}
}

func findRunAsRootAssumed(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.User.Source != UserAssumed {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.EscapeAid,
			Condition:   firstCondition(p.userNamespaceCondition(), conditionImageUser),
			Container:   c.Name,
			Field:       c.Path("securityContext.runAsUser"),
			Message:     "The image decides the user, which is root unless it names one.",
			Remediation: "Set runAsNonRoot: true, and a runAsUser where the image names its user by a word.",
		})
	}
}
