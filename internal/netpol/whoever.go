package netpol

// What the policies of a group let through to or from pods, whoever they are: whether pods are there that do the same from
// their side is not asked.

// admitOwn reads a policy of a group for pods of its namespace.
func (x *Index) admitOwn(d direction, g *group) func(*policy, *opening) {
	return func(p *policy, o *opening) {
		p.admitPods(o, d, g, func(peer *peer) match { return peer.matchNamespace(g.home) })
	}
}

// admitOthers reads a policy of a group for pods of other namespaces.
func (x *Index) admitOthers(d direction, g *group) func(*policy, *opening) {
	return func(p *policy, o *opening) {
		p.admitPods(o, d, g, func(peer *peer) match { return x.matchOthers(peer, g.home) })
	}
}

// admitPods adds what a policy lets through to or from pods that its peers mean.
func (p *policy) admitPods(o *opening, d direction, g *group, means func(*peer) match) {
	p.eachRule(d, func(r *rule) {
		found := no
		if r.everyone {
			found = yes
		}
		for _, peer := range r.peers {
			found = max(found, means(peer))
		}
		ports := r.ports.numbers
		if d == ingress {
			ports = r.ports.on(g)
		}
		o.allowIf(found, ports, namespaceLabels)
		if r.holdsPods {
			o.perhaps(ports, podAddresses)
		}
		if d == egress && (found != no || r.holdsPods) {
			o.perhaps(r.ports.ofNames(), portNames)
		}
	})
}

// ofNames are the ports that the names may stand for.
func (r *rulePorts) ofNames() Ports {
	var ports Ports
	for _, named := range r.named {
		ports = ports.Union(PortRange(named.protocol, minPort, maxPort))
	}
	return ports
}

// matchOthers tells whether a peer means pods of another namespace than one. The empty selector means every namespace that
// there is or will be.
func (x *Index) matchOthers(p *peer, but *namespace) match {
	switch {
	case p.selector == nil:
		return no
	case p.selector.selector.Empty():
		return yes
	}
	found := no
	if x.partial {
		found = maybe
	}
	for n, m := range p.selector.matched {
		if n != but {
			found = max(found, m)
		}
	}
	return found
}
