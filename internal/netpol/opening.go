package netpol

import "net/netip"

// opening is what gets through: for certain, and possibly. The certain ports are always among the possible ones.
type opening struct {
	certain, possible Ports
	// why is what decides over the ports that are not certain.
	why reasons
}

func everything() opening { return opening{certain: AllPorts(), possible: AllPorts()} }

func (o *opening) allow(ports Ports) {
	o.certain = o.certain.Union(ports)
	o.possible = o.possible.Union(ports)
}

func (o *opening) perhaps(ports Ports, why reasons) {
	if o.certain.Intersect(ports).Equal(ports) {
		return // Nothing is left to decide.
	}
	o.possible = o.possible.Union(ports)
	o.why |= why
}

func (o *opening) allowIf(m match, ports Ports, why reasons) {
	switch m {
	case yes:
		o.allow(ports)
	case maybe:
		o.perhaps(ports, why)
	case no:
	}
}

// and is what gets through both.
func (o opening) and(other opening) opening {
	both := opening{o.certain.Intersect(other.certain), o.possible.Intersect(other.possible), 0}
	if !both.certain.Empty() || both.possible.Empty() {
		return both
	}
	// A side that lets enough through for certain does not decide.
	if o.certain.Intersect(other.possible).Empty() {
		both.why |= o.why
	}
	if other.certain.Intersect(o.possible).Empty() {
		both.why |= other.why
	}
	if both.why == 0 {
		both.why = o.why | other.why
	}
	return both
}

// only is the part of the opening that lies in the ports.
func (o opening) only(ports Ports) opening {
	return opening{o.certain.Intersect(ports), o.possible.Intersect(ports), o.why}
}

// connect is what the NetworkPolicies let through from one group to another, of some ports. Both sides have to.
func connect(from, to *group, ports Ports) opening {
	out := from.toward(egress, to).only(ports)
	if out.possible.Empty() {
		return out
	}
	return out.and(to.toward(ingress, from))
}

// toward is what the policies of a group let through in a direction, to or from another group.
//
// For pods on the host network the API leaves it open whether policies hold for them or whether they are taken for their
// node; a node is never kept from its own pods. Certain is what gets through either way.
func (g *group) toward(d direction, other *group) opening {
	if !g.isolated(d) {
		return everything()
	}
	var o opening
	for _, p := range g.policies[d] {
		p.admit(&o, d, g, other)
	}
	if g.HostNetwork || other.HostNetwork {
		o.perhaps(AllPorts(), hostNetwork)
	}
	return o
}

// admit adds what one policy of a group lets through to or from another group.
func (p *policy) admit(o *opening, d direction, g, other *group) {
	destination := other
	if d == ingress {
		destination = g
	}
	// Taken for its node, the other one has no labels.
	labelled := g.HostNetwork || !other.HostNetwork
	p.eachRule(d, func(r *rule) {
		ports := r.ports.on(destination)
		if r.everyone {
			o.allow(ports)
			return
		}
		for _, peer := range r.peers {
			switch m := peer.match(other); {
			case m == yes && !labelled:
				o.perhaps(ports, hostNetwork)
			default:
				o.allowIf(m, ports, namespaceLabels)
			}
		}
		if r.holdsPods {
			o.perhaps(ports, podAddresses)
		}
	})
}

// admitAddress adds what one policy of a group lets through to or from an address outside of the cluster.
func (p *policy) admitAddress(o *opening, d direction, g *group, address netip.Addr) {
	destination := g
	if d == egress {
		destination = nil
	}
	p.eachRule(d, func(r *rule) {
		if r.everyone || r.holds(func(b *block) bool { return b.contains(address) }) {
			o.allow(r.ports.on(destination))
		}
	})
}

// holds tells whether the rule has a block that is wanted.
func (r *rule) holds(wanted func(*block) bool) bool {
	for i := range r.blocks {
		if wanted(&r.blocks[i]) {
			return true
		}
	}
	return false
}
