package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A debug container stays in the pod until the pod is gone, with a shell, tools, and often more rights than the workload.
//
// Fields: spec.ephemeralContainers[*]
// Finds:  any
func ephemeralContainerLeftBehind() Check {
	return Check{
		ID:        "EphemeralContainerLeftBehind",
		Catalogue: []string{"Hygiene"},
		Title:     "Debug container is left behind in the pod",
		Worst:     finding.Hygiene,
		Find:      findEphemeralContainerLeftBehind,
		Breaks:    "A debugging session in that container ends.",
		Fix:       func(spec *corev1.PodSpec) { spec.EphemeralContainers = nil },
	}
}

func findEphemeralContainerLeftBehind(p *Pod, out *Findings) {
	if len(p.Spec.EphemeralContainers) == 0 {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Kind != Ephemeral {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Container:   c.Name,
			Field:       c.Path("name"),
			Value:       c.Name,
			Message:     "A debug container was added to the running pod; it cannot be removed from it.",
			Remediation: "Delete the pod when debugging is over: its replacement comes without the debug container.",
		})
	}
}
