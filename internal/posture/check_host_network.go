package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// With the node's network namespace a pod has the node's addresses: it reaches what listens on the node's loopback,
// and NetworkPolicy normally does not see it. With NET_ADMIN it rewrites routes and packet filters of the node, and
// stands between all pods there and their peers.
//
// Fields: spec.hostNetwork, with privileged or capabilities.add NET_ADMIN of any container
// Finds:  true; each container that holds one of those powers is found on its own
// Certain; NET_ADMIN is conditional for users other than root. In a sandbox the host network still leaks through.
func hostNetwork() Check {
	return Check{
		ID:          "HostNetwork",
		Catalogue:   []string{"P03"},
		Title:       "Pod shares the network of its node",
		Worst:       finding.NodeNetworkControl,
		PodSecurity: "baseline",
		Find:        findHostNetwork,
		Fix:         func(spec *corev1.PodSpec) { spec.HostNetwork = false },
	}
}

func findHostNetwork(p *Pod, out *Findings) {
	if !p.Spec.HostNetwork {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.NodeNetwork,
		Field:       "spec.hostNetwork",
		Value:       "true",
		Message:     "The pod has the network of its node: it reaches the loopback there, and network policies rarely hold it.",
		Remediation: "Remove hostNetwork: true; publish ports by a Service.",
	})
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		held, ok := c.powerOver(p, "NET_ADMIN")
		if !ok {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.NodeNetworkControl,
			Condition:   firstCondition(held.condition, p.sandboxCondition()),
			Container:   c.Name,
			Field:       held.field,
			Value:       held.value,
			Message:     "With hostNetwork the container can redirect and read the traffic of every pod on the node.",
			Remediation: "Remove hostNetwork: true, or drop NET_ADMIN.",
		})
	}
}
