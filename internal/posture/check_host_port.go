package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// A host port makes the container reachable at every address of its node, past the Service and often past the
// network policies. It widens who can attack the pod, not how far the pod can go.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].ports[*].hostPort
// Finds:  a port; on the host network every container port, which the API turns into a host port
// Certain.
func hostPort() Check {
	return Check{
		ID:          "HostPort",
		Catalogue:   []string{"P08"},
		Title:       "Container publishes a port on its node",
		Worst:       finding.Hygiene,
		PodSecurity: "baseline",
		Find:        findHostPort,
		Breaks:      "Clients that call the port on the node's address need a Service instead.",
		Fix: func(spec *corev1.PodSpec) {
			published := false
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				for i := range c.Ports {
					c.Ports[i].HostPort, published = 0, true
				}
			})
			if published {
				spec.HostNetwork = false // There, the API would fill in the host ports again.
			}
		},
	}
}

func findHostPort(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		for j := range c.Ports {
			port := c.Ports[j].HostPort
			if port == 0 && p.Spec.HostNetwork {
				port = c.Ports[j].ContainerPort
			}
			if port == 0 {
				continue
			}
			out.Add(finding.Finding{
				Consequence: finding.Hygiene,
				Container:   c.Name,
				Field:       c.Path("ports[" + strconv.Itoa(j) + "].hostPort"),
				Value:       strconv.Itoa(int(port)),
				Message:     "The port is open on the addresses of the node, where network policies may not hold.",
				Remediation: "Remove hostPort and publish by a Service; a pod on the host network has to leave it.",
			})
		}
	}
}
