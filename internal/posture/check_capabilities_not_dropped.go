package posture

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// A container that drops nothing keeps the capabilities that its runtime gives to all: among them DAC_OVERRIDE, SETUID and,
// with containerd, NET_RAW and MKNOD.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.drop
// Finds:  a list without ALL; not beside privileged: true, where the list means nothing
func capabilitiesNotDropped() Check {
	return Check{
		ID:          "CapabilitiesNotDropped",
		Catalogue:   []string{"Hygiene"},
		Title:       "Default capabilities are not dropped",
		Worst:       finding.Hygiene,
		PodSecurity: "restricted",
		Find:        findCapabilitiesNotDropped,
		Breaks:      "A program that binds a port below 1024, changes owners or switches users at its start lacks the capability.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				sc := securityContext(c)
				if sc.Capabilities == nil {
					sc.Capabilities = &corev1.Capabilities{}
				}
				if !slices.Contains(sc.Capabilities.Drop, "ALL") {
					sc.Capabilities.Drop = append(sc.Capabilities.Drop, "ALL")
				}
			})
		},
	}
}

func findCapabilitiesNotDropped(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		sc := c.SecurityContext
		if sc != nil && (isTrue(sc.Privileged) || sc.Capabilities != nil && slices.Contains(sc.Capabilities.Drop, "ALL")) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.Hygiene,
			Container:   c.Name,
			Field:       c.Path("securityContext.capabilities.drop"),
			Message:     "The container keeps its runtime's default capabilities, which few programs need.",
			Remediation: "Set capabilities.drop: [ALL] and add back what is needed.",
		}
		if sc != nil && sc.Capabilities != nil {
			found.Value = joinCapabilities(sc.Capabilities.Drop)
		}
		out.Add(found)
	}
}

func joinCapabilities(list []corev1.Capability) string {
	names := make([]string, len(list))
	for i, capability := range list {
		names[i] = string(capability)
	}
	return strings.Join(names, ",")
}
