package netpol

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// PolicyRef names a NetworkPolicy.
type PolicyRef struct{ Namespace, Name string }

// String is the reference with its kind: NetworkPolicy shop/default-deny.
func (r PolicyRef) String() string { return "NetworkPolicy " + r.Namespace + "/" + r.Name }

func comparePolicies(a, b *policy) int { return compareRefs(a.ref, b.ref) }

func compareRefs(a, b PolicyRef) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

type direction int

const (
	ingress direction = iota
	egress
)

var directions = [...]direction{ingress, egress}

// policy is a NetworkPolicy as it is evaluated.
type policy struct {
	ref      PolicyRef
	spec     *networkingv1.NetworkPolicySpec // as it was given, to tell whether another one says the same
	home     *namespace
	selector labels.Selector
	// sides holds its rules by direction; nil where it does not isolate in that direction.
	sides [2]*side
	// subjects are the groups that it selects.
	subjects map[*group]struct{}
}

type side struct{ rules []rule }

// rule lets its ports through to or from its peers.
type rule struct {
	ports rulePorts
	// everyone is true where the rule names no peer: it is about every address, inside the cluster and outside.
	everyone bool
	specs    []peerSpec
	peers    []*peer // of the specs, once the index knows the policy
	blocks   []block
	// holdsPods tells whether one of the blocks may hold the address of a pod.
	holdsPods bool
}

// rulePorts are the ports of a rule. What a name stands for, the pod that is connected to says.
type rulePorts struct {
	numbers Ports
	named   []namedPort
}

type namedPort struct {
	protocol corev1.Protocol
	name     string
}

// on resolves the ports for connections to a group; where it is nil, to an address outside, which names no port.
func (r *rulePorts) on(destination *group) Ports {
	if destination == nil || r.numbers.all || len(r.named) == 0 {
		return r.numbers
	}
	spans := slices.Clone(r.numbers.spans)
	for _, named := range r.named {
		spans = append(spans, destination.portsNamed(named).spans...)
	}
	return portsIn(spans)
}

// namesPortOf tells whether the policy lets out to a port by a name that the group declares.
func (p *policy) namesPortOf(g *group) bool {
	found := false
	p.eachRule(egress, func(r *rule) {
		for _, named := range r.ports.named {
			found = found || !g.portsNamed(named).Empty()
		}
	})
	return found
}
