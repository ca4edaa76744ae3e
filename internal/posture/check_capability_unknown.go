package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A name that is no Linux capability gives nothing, and the runtime refuses to start the container. Pod Security refuses
// it as it refuses every name that is not on its list, a harmless capability in another spelling too.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.add[*]
// Finds:  any name that is not, letter by letter, ALL or one of capabilities(7) without CAP_
func capabilityUnknown() Check {
	return Check{
		ID:          "CapabilityUnknown",
		Catalogue:   []string{"A.3"},
		Title:       "Added capability is not spelled as one",
		Worst:       finding.Hygiene,
		PodSecurity: "baseline",
		Find:        findCapabilityUnknown,
		Breaks:      "Nothing: no runtime grants a capability of that spelling.",
		Fix:         func(spec *corev1.PodSpec) { removeAdded(spec, misspelled) },
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
			if named, _ := parseCapability(string(name)); !misspelled(string(name), named) {
				continue
			}
			out.Add(finding.Finding{
				Consequence: finding.Hygiene,
				Container:   c.Name,
				Field:       c.Path("securityContext.capabilities.add[" + strconv.Itoa(j) + "]"),
				Value:       string(name),
				Message:     "Not every runtime takes this for a capability's name: the container may not start.",
				Remediation: "Write the name in upper case without CAP_, or remove it from capabilities.add.",
			})
		}
	}
}
