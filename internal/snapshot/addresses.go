package snapshot

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// NodeAddresses are addresses that Nodes name.
type NodeAddresses struct {
	// Own are those of the Nodes, Pods those that they have for their pods: a network plugin may hand out others.
	Own, Pods []netip.Prefix
}

// addressesOf reads those of a Node. What is none is left out: the host may have names among its addresses.
func addressesOf(object *corev1.Node) NodeAddresses {
	var out NodeAddresses
	for i := range object.Status.Addresses {
		if address, err := netip.ParseAddr(object.Status.Addresses[i].Address); err == nil {
			address = address.Unmap().WithZone("")
			out.Own = append(out.Own, netip.PrefixFrom(address, address.BitLen()))
		}
	}
	for _, text := range object.Spec.PodCIDRs {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			out.Pods = append(out.Pods, prefix.Masked())
		}
	}
	return out
}

func (a *NodeAddresses) same(other *NodeAddresses) bool {
	return slices.Equal(a.Own, other.Own) && slices.Equal(a.Pods, other.Pods)
}

// Addressing counts the changes so far of what Addresses says.
func (s *Snapshot) Addressing() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.addressing
}

// Addresses are those of all Nodes, in order.
func (s *Snapshot) Addresses() NodeAddresses {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out NodeAddresses
	for _, n := range s.nodes {
		out.Own = append(out.Own, n.addresses.Own...)
		out.Pods = append(out.Pods, n.addresses.Pods...)
	}
	slices.SortFunc(out.Own, netip.Prefix.Compare)
	slices.SortFunc(out.Pods, netip.Prefix.Compare)
	return out
}
