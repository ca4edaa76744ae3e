package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A name that is no Linux capability gives nothing, and the runtime refuses to start the container. Pod Security refuses
// it as it refuses every name that is not on its list.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.add[*]
// Finds:  any name outside of capabilities(7) and ALL
func capabilityUnknown() Check {
	return Check{
		ID:          "CapabilityUnknown",
		Catalogue:   []string{"A.3"},
		Title:       "Added capability does not exist",
		Worst:       finding.Hygiene,
		PodSecurity: "baseline",
		Find:        findCapabilityUnknown,
		Fix:         func(spec *corev1.PodSpec) { removeAdded(spec, capUnknown) },
	}
}

func findCapabilityUnknown(p *Pod, out *Findings) {
	if !p.addedCapabilities.has(capUnknown) || p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
			continue
		}
		for j, name := range c.SecurityContext.Capabilities.Add {
			if named, _ := parseCapability(string(name)); named != capUnknown {
				continue
			}
			out.Add(finding.Finding{
				Consequence: finding.Hygiene,
				Container:   c.Name,
				Field:       c.Path("securityContext.capabilities.add[" + strconv.Itoa(j) + "]"),
				Value:       string(name),
				Message:     "The name is no Linux capability: the container does not start.",
				Remediation: "Correct the name, or remove it from capabilities.add.",
			})
		}
	}
}
