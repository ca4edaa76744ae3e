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
		OwnNamespace:    x.gate(g, ingress, AllPorts(), x.admitOwn(ingress, g)),
		OtherNamespaces: x.gate(g, ingress, AllPorts(), x.admitOthers(ingress, g)),
		Outside:         x.gate(g, ingress, AllPorts(), func(p *policy, o *opening) { p.admitOutside(o, ingress, g) }),
		Unevaluated:     slices.Clone(x.concerning(g.home)),
	}
}
