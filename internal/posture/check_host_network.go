package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// With the node's network namespace a pod has the node's addresses: it reaches what listens on the node's loopback,
// and NetworkPolicy normally does not see it.
//
// Fields: spec.hostNetwork
// Finds:  true
// Certain, in a sandbox as well. What NET_ADMIN and NET_RAW add to it is found by CapabilityNetAdmin and
// CapabilityNetRaw.
func hostNetwork() Check {
	return Check{
		ID:          "HostNetwork",
		Catalogue:   []string{"P03"},
		Title:       "Pod shares the network of its node",
		Worst:       finding.NodeNetwork,
		PodSecurity: "baseline",
		Find:        findHostNetwork,
		Breaks:      "Clients that call the node's address or port, and programs that need the node's interfaces, fail.",
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
		Message:     "The pod reaches the loopback of its node, and network policies rarely hold it.",
		Remediation: "Remove hostNetwork: true; publish ports by a Service.",
	})
}
