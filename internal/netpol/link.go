package netpol

import "slices"

func (p *policy) isolates(d direction) bool { return p != nil && p.sides[d] != nil }

func (x *Index) linkLocked(p *policy) {
	if p == nil {
		return
	}
	x.policies[p.ref] = p
	at, _ := slices.BinarySearchFunc(p.home.policies, p, comparePolicies)
	p.home.policies = slices.Insert(p.home.policies, at, p)
	for _, d := range directions {
		p.eachRule(d, func(r *rule) {
			r.place(x.known.at)
			for _, spec := range r.specs {
				peer := x.internLocked(p.home, spec)
				peer.users[d][p] = struct{}{}
				r.peers = append(r.peers, peer)
			}
			if d == egress && len(r.ports.named) > 0 && (r.everyone || len(r.blocks) > 0) {
				x.naming[p] = struct{}{}
			}
		})
	}
	for _, g := range p.home.groups {
		if p.selector.Matches(g.labels) {
			x.selectLocked(p, g)
		}
	}
}

func (x *Index) unlinkLocked(p *policy) {
	if p == nil {
		return
	}
	delete(x.policies, p.ref)
	delete(x.naming, p)
	if at, found := slices.BinarySearchFunc(p.home.policies, p, comparePolicies); found {
		p.home.policies = slices.Delete(p.home.policies, at, at+1)
	}
	for g := range p.subjects {
		x.deselectLocked(p, g)
	}
	for _, d := range directions {
		p.eachRule(d, func(r *rule) {
			for _, peer := range r.peers {
				delete(peer.users[d], p)
				x.releaseLocked(peer)
			}
			r.peers = nil
		})
	}
}

// selectLocked puts a group under a policy.
func (x *Index) selectLocked(p *policy, g *group) {
	x.countLocked(g, -1)
	p.subjects[g] = struct{}{}
	for _, d := range directions {
		if p.sides[d] != nil {
			at, _ := slices.BinarySearchFunc(g.policies[d], p, comparePolicies)
			g.policies[d] = slices.Insert(g.policies[d], at, p)
		}
	}
	x.countLocked(g, 1)
}

func (x *Index) deselectLocked(p *policy, g *group) {
	x.countLocked(g, -1)
	delete(p.subjects, g)
	for _, d := range directions {
		if at, found := slices.BinarySearchFunc(g.policies[d], p, comparePolicies); found {
			g.policies[d] = slices.Delete(g.policies[d], at, at+1)
		}
	}
	x.countLocked(g, 1)
}

// eachRule calls visit with the rules of one direction.
func (p *policy) eachRule(d direction, visit func(*rule)) {
	if p.sides[d] == nil {
		return
	}
	for i := range p.sides[d].rules {
		visit(&p.sides[d].rules[i])
	}
}

// addGroupLocked puts a group into its namespace and under the policies that select it.
func (x *Index) addGroupLocked(g *group) {
	x.groups[g.key] = g
	at, _ := slices.BinarySearchFunc(g.home.groups, g, compareGroups)
	g.home.groups = slices.Insert(g.home.groups, at, g)
	if g.HostNetwork {
		x.hosts[g] = struct{}{}
	}
	if g.servesNames() {
		x.nameServers[g] = struct{}{}
	}
	x.countLocked(g, 1)
	for _, p := range g.home.policies {
		if p.selector.Matches(g.labels) {
			x.selectLocked(p, g)
		}
	}
}

func (x *Index) removeGroupLocked(g *group) {
	for p := range g.selected() {
		x.deselectLocked(p, g)
	}
	x.countLocked(g, -1)
	delete(x.groups, g.key)
	delete(x.hosts, g)
	delete(x.nameServers, g)
	if at, found := slices.BinarySearchFunc(g.home.groups, g, compareGroups); found {
		g.home.groups = slices.Delete(g.home.groups, at, at+1)
	}
}

// selected are the policies that select the group.
func (g *group) selected() map[*policy]struct{} {
	all := map[*policy]struct{}{}
	for _, d := range directions {
		for _, p := range g.policies[d] {
			all[p] = struct{}{}
		}
	}
	return all
}

// countLocked takes a group into the counts, with sign -1 out of them. Whatever they rest on changes in between.
func (x *Index) countLocked(g *group, sign int) {
	n := g.home
	wasPopulated, wasOpen, wasReliable := n.pods.groups > 0, n.open.groups > 0, n.reliable() > 0
	if !g.HostNetwork {
		n.pods.add(g, sign)
	}
	if g.open() {
		n.open.add(g, sign)
		x.open.add(g, sign)
	}
	x.opened += step(wasOpen, n.open.groups > 0)
	x.populated += step(wasPopulated, n.pods.groups > 0)
	x.reliable += step(wasReliable, n.reliable() > 0)
	if g.HostNetwork && g.Pods > 0 && !g.isolated(ingress) && len(n.others) == 0 {
		x.openHosts += sign
	}
	if sign > 0 && g.hasDoor() {
		x.doors[g] = struct{}{}
	} else {
		delete(x.doors, g)
	}
}

func step(before, after bool) int {
	switch {
	case before == after:
		return 0
	case after:
		return 1
	default:
		return -1
	}
}

// hasDoor tells whether the policies that isolate the group let everyone in, or perhaps every pod by its address.
func (g *group) hasDoor() bool {
	for _, p := range g.policies[ingress] {
		for i := range p.sides[ingress].rules {
			if r := &p.sides[ingress].rules[i]; r.everyone || r.holdsPods {
				return true
			}
		}
	}
	return false
}
