package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// With a writable root filesystem an intruder replaces programs of the image and leaves tools behind that last until the
// container restarts.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.readOnlyRootFilesystem
// Finds:  unset, false
func writableRootFilesystem() Check {
	return Check{
		ID:        "WritableRootFilesystem",
		Catalogue: []string{"Hygiene"},
		Title:     "Root filesystem of the container is writable",
		Worst:     finding.Hygiene,
		Find:      findWritableRootFilesystem,
		Breaks:    "A program that writes outside of its volumes fails: give it an emptyDir for each such directory.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				yes := true
				securityContext(c).ReadOnlyRootFilesystem = &yes
			})
		},
	}
}

func findWritableRootFilesystem(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		sc := c.SecurityContext
		if sc != nil && isTrue(sc.ReadOnlyRootFilesystem) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.Hygiene,
			Container:   c.Name,
			Field:       c.Path("securityContext.readOnlyRootFilesystem"),
			Message:     "Programs and libraries of the image can be replaced while the container runs.",
			Remediation: "Set readOnlyRootFilesystem: true and mount an emptyDir where the program writes.",
		}
		if sc != nil && sc.ReadOnlyRootFilesystem != nil {
			found.Value = "false"
		}
		out.Add(found)
	}
}
