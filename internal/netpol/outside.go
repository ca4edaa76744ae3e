package netpol

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
)

// Outside is what a group can connect to outside of the cluster.
type Outside struct {
	// Any is whether it reaches an address outside at all, Everywhere whether it reaches all of them, but for exceptions.
	Any, Everywhere Gate
	// Metadata is whether it reaches the metadata service of a cloud at one of its addresses.
	Metadata Gate
	// DNS is whether it may ask a name server, in the cluster or outside: names carry data out past every ipBlock.
	DNS Gate
	// Blocks are the ipBlocks that it is let out to, in the order of the policies. Empty where it is not isolated.
	Blocks []Block
}

// Block is an ipBlock that a policy names.
type Block struct {
	Policy PolicyRef
	// CIDR is the block with its exceptions.
	CIDR  string
	Ports Ports
}

// metadataAddresses are those of the metadata services: that of every large cloud, and Amazon's for IPv6.
func metadataAddresses() [2]netip.Addr {
	return [...]netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}
}

// metadataPorts are those that the metadata services answer on.
func metadataPorts() Ports { return PortRange(corev1.ProtocolTCP, 80, 80) }

const dnsPort = 53

func dnsPorts() Ports {
	return PortRange(corev1.ProtocolUDP, dnsPort, dnsPort).Union(PortRange(corev1.ProtocolTCP, dnsPort, dnsPort))
}

// outside tells what a group can connect to outside of the cluster.
func (x *Index) outside(g *group) Outside {
	gate := func(ports Ports, admit func(*policy, *opening)) Gate { return x.gate(g, egress, ports, admit) }
	out := Outside{
		Any: gate(AllPorts(), func(p *policy, o *opening) { p.admitOutside(o, egress, nil) }),
		Everywhere: gate(AllPorts(), func(p *policy, o *opening) {
			p.eachRule(egress, func(r *rule) {
				if r.everyone || r.holds((*block).everywhere) {
					o.allow(r.ports.numbers)
				}
			})
		}),
		Metadata: gate(metadataPorts(), func(p *policy, o *opening) {
			for _, address := range metadataAddresses() {
				p.admitAddress(o, egress, g, address)
			}
		}),
		DNS: gate(dnsPorts(), x.admitDNS),
	}
	for _, p := range g.policies[egress] {
		p.eachRule(egress, func(r *rule) {
			for i := range r.blocks {
				out.Blocks = append(out.Blocks, Block{p.ref, r.blocks[i].String(), r.ports.numbers})
			}
		})
	}
	return out
}

// admitDNS adds what a policy lets out to name servers: to addresses, to pods on the port where the rule says it by number,
// and to groups that declare the port.
func (x *Index) admitDNS(p *policy, o *opening) {
	p.eachRule(egress, func(r *rule) {
		if r.everyone || r.holds((*block).any) || len(r.peers) > 0 && !r.ports.numbers.All() {
			o.allow(r.ports.numbers)
		}
		for server := range x.nameServers {
			for _, peer := range r.peers {
				o.allowIf(peer.match(server), r.ports.on(server), namespaceLabels)
			}
		}
	})
}

// read is what the policies of a group let through in a direction, by a reading of each.
func (g *group) read(d direction, admit func(*policy, *opening)) opening {
	if !g.isolated(d) {
		return everything()
	}
	var o opening
	for _, p := range g.policies[d] {
		admit(p, &o)
	}
	if g.HostNetwork {
		o.perhaps(AllPorts(), hostNetwork)
	}
	return o
}

// gate is what the policies of a group let through in a direction on some of the ports, by a reading of each.
func (x *Index) gate(g *group, d direction, ports Ports, admit func(*policy, *opening)) Gate {
	o := g.read(d, admit).only(ports)
	return Gate{o.access(x.concerning(g.home)), g.letting(d, o.possible, admit)}
}

// admitOutside adds what a policy lets through to or from addresses outside of the cluster. destination is the group that
// is connected to, nil where it lies outside.
func (p *policy) admitOutside(o *opening, d direction, destination *group) {
	p.eachRule(d, func(rule *rule) {
		ports := rule.ports.on(destination)
		if rule.everyone {
			o.allow(ports)
			return
		}
		for i := range rule.blocks {
			o.allowIf(rule.blocks[i].placed.outside, ports, clusterRanges)
		}
	})
}

// EgressTo tells what gets through from a group to an address outside of the cluster. ok is false for a group that is not
// known.
func (x *Index) EgressTo(key Key, address netip.Addr) (answer Gate, ok bool) {
	return x.address(key, egress, address)
}

// IngressFrom tells what gets through to a group from an address outside of the cluster. ok is false for a group that is
// not known.
func (x *Index) IngressFrom(key Key, address netip.Addr) (answer Gate, ok bool) {
	return x.address(key, ingress, address)
}

func (x *Index) address(key Key, d direction, address netip.Addr) (answer Gate, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	g, ok := x.groups[key]
	if !ok {
		return Gate{}, false
	}
	return x.gate(g, d, AllPorts(), func(p *policy, o *opening) { p.admitAddress(o, d, g, address.Unmap()) }), true
}
