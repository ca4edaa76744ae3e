package netpol

import "slices"

// Ingress is from where connections to a group are let in, by its own policies: whether somebody is there who makes them,
// and may, is not asked.
type Ingress struct {
	// Isolation are the policies that hold its ingress back, sorted. Empty: no NetworkPolicy selects it for ingress.
	Isolation []PolicyRef
	// OwnNamespace and OtherNamespaces are pods, Outside are addresses outside of the cluster.
	OwnNamespace, OtherNamespaces, Outside Gate
	// Unevaluated are policies of other kinds that concern it.
	Unevaluated []OtherPolicy
}

// Ingress tells from where connections to a group are let in. ok is false for a group that is not known.
func (x *Index) Ingress(key Key) (answer Ingress, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	g, ok := x.groups[key]
	if !ok {
		return Ingress{}, false
	}
	return x.ingress(g), true
}

func (x *Index) ingress(g *group) Ingress {
	return Ingress{
		Isolation:       refs(g.policies[ingress]),
		OwnNamespace:    x.gate(g, ingress, AllPorts(), func(p *policy, o *opening) { p.admitPods(o, g, g.home.means) }),
		OtherNamespaces: x.gate(g, ingress, AllPorts(), func(p *policy, o *opening) { p.admitPods(o, g, g.home.meansOthers) }),
		Outside:         x.gate(g, ingress, AllPorts(), func(p *policy, o *opening) { x.ranges.admitOutside(p, o, ingress, g) }),
		Unevaluated:     slices.Clone(x.concerning(g.home)),
	}
}

// admitPods adds what a policy lets in of pods that a peer may be about.
func (p *policy) admitPods(o *opening, g *group, means func(*peer) match) {
	p.eachRule(ingress, func(r *rule) {
		ports := r.ports.on(g)
		if r.everyone {
			o.allow(ports)
			return
		}
		for _, peer := range r.peers {
			o.allowIf(means(peer), ports, namespaceLabels)
		}
		if r.holdsPods {
			o.perhaps(ports, podAddresses)
		}
	})
}

// means tells whether a peer is about pods of the namespace.
func (n *namespace) means(p *peer) match { return p.matchNamespace(n) }

// meansOthers tells whether a peer is about pods of any other namespace.
func (n *namespace) meansOthers(p *peer) match {
	if p.selector == nil {
		return no
	}
	found := no
	for other, m := range p.selector.matched {
		if other != n {
			found = max(found, m)
		}
	}
	return found
}
