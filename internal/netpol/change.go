package netpol

import (
	"iter"
	"maps"
	"slices"
)

// Affected says whose answers a change may touch. The zero value: nobody's.
type Affected struct {
	// Everywhere is true where any group may get another verdict; the lists are empty then.
	Everywhere bool
	// Namespaces are those of which every group may get another verdict, sorted.
	Namespaces []string
	// Groups are those that may get another verdict besides, sorted. They may be gone.
	Groups []Key
	// Counts is true where groups that are not named may reach more or fewer pods than before, or others of them: with
	// the same verdict, but other numbers and examples.
	Counts bool
}

// Includes tells whether a group may get another verdict.
func (a *Affected) Includes(key Key) bool {
	if _, found := slices.BinarySearch(a.Namespaces, key.Namespace); found || a.Everywhere {
		return true
	}
	_, found := slices.BinarySearchFunc(a.Groups, key, Key.Compare)
	return found
}

// change gathers whom a change affects. What a group reaches depends on every other group; but as long as there are at
// least two that anybody may connect to, no single one decides whether a group that is held back by nothing reaches any.
// So whoever names what changed is looked up, and all others only where there are few such groups.
type change struct {
	x          *Index
	groups     map[Key]struct{}
	namespaces map[*namespace]struct{}
	everywhere bool
	counts     bool

	// before and touched are how many groups a source could rely on before the change, in the cluster and in each
	// namespace with something that changed; openHosts is that of the host network.
	before    measure
	touched   map[*namespace]measure
	openHosts int
	// Whether the following are affected is known at the end: whose groups may connect to something that changed in
	// their own namespace, in another one, or on the host network.
	within, far   map[*namespace]struct{}
	farAll, hosts bool
}

// measure counts what a source may rely on: of a namespace the groups, of the cluster the namespaces with such groups.
type measure struct{ populated, reliable int }

// few tells whether there may be a source for which there is none but one, or that one itself.
const few = 2

func (m measure) least(other measure) measure {
	return measure{min(m.populated, other.populated), min(m.reliable, other.reliable)}
}

func (x *Index) newChange() *change {
	return &change{
		x: x, groups: map[Key]struct{}{}, namespaces: map[*namespace]struct{}{},
		before: x.measure(), touched: map[*namespace]measure{}, openHosts: x.openHosts,
		within: map[*namespace]struct{}{}, far: map[*namespace]struct{}{},
	}
}

func (x *Index) measure() measure { return measure{x.populated, x.reliable} }

func (n *namespace) measure() measure { return measure{n.pods.groups, n.reliable()} }

// touch says that something in the namespace is about to change.
func (c *change) touch(n *namespace) {
	if _, ok := c.touched[n]; !ok {
		c.touched[n] = n.measure()
	}
}

// own says that the answers of a group itself change.
func (c *change) own(g *group) { c.groups[g.key] = struct{}{} }

// target says that who connects to a group changes. It is called for the group as it was, and as it is.
func (c *change) target(g *group) {
	c.touch(g.home)
	peersOf(g, func(p *peer) {
		for naming := range p.users[egress] {
			c.subjects(naming)
		}
	})
	for naming := range c.x.naming {
		if naming.namesPortOf(g) {
			c.subjects(naming)
		}
	}
	if g.Pods == 0 {
		return
	}
	c.counts = true
	c.hosts = c.hosts || g.HostNetwork
	if !g.isolated(ingress) || g.hasDoor() || len(g.home.others) > 0 {
		c.within[g.home], c.farAll = struct{}{}, true
		return
	}
	for _, p := range g.policies[ingress] {
		p.eachRule(ingress, func(r *rule) {
			for _, peer := range r.peers {
				peer.namespaces(func(n *namespace) { c.source(n, g.home) })
			}
		})
	}
}

// source says that groups of one namespace may connect to one of another.
func (c *change) source(from, to *namespace) {
	if from == to {
		c.within[from] = struct{}{}
	} else {
		c.far[from] = struct{}{}
	}
}

func (c *change) subjects(p *policy) {
	for g := range p.subjects {
		c.own(g)
	}
}

// picked says that a selector of namespaces picks one that it did not, or no longer one that it did.
func (c *change) picked(n *namespace, s *namespaceSelector) {
	for _, p := range s.peers {
		for user := range p.users[egress] {
			c.subjects(user)
		}
		for user := range p.users[ingress] {
			c.subjects(user)
			if len(user.subjects) > 0 {
				c.namespaces[n] = struct{}{}
			}
		}
	}
}

func (c *change) affected() Affected {
	c.settle()
	a := Affected{Everywhere: c.everywhere, Counts: c.counts}
	if a.Everywhere {
		return a
	}
	for n := range c.namespaces {
		if len(n.groups) > 0 {
			a.Namespaces = append(a.Namespaces, n.name)
		}
	}
	slices.Sort(a.Namespaces)
	a.Groups = slices.SortedFunc(maps.Keys(c.groups), Key.Compare)
	return a
}

// settle decides which sources the change can matter to.
func (c *change) settle() {
	cluster := c.before.least(c.x.measure())
	lonely := cluster.reliable < few
	switch {
	case lonely && c.farAll, c.hosts && min(c.openHosts, c.x.openHosts) < few, len(c.touched) > 0 && cluster.populated < few:
		c.everywhere = true
	case lonely:
		maps.Copy(c.namespaces, c.far)
	}
	for n, before := range c.touched {
		c.settleIn(n, before.least(n.measure()))
		if lonely {
			c.onHosts(maps.Keys(c.x.hosts))
		}
	}
}

// settleIn decides which sources in the namespace of something that changed it can matter to.
func (c *change) settleIn(n *namespace, least measure) {
	_, within := c.within[n]
	switch {
	case least.populated < few, least.reliable < few && within:
		c.namespaces[n] = struct{}{}
	case least.reliable < few:
		c.onHosts(slices.Values(n.groups))
	}
}

// onHosts says that the answers of those groups change that are on the host network: whether a policy holds for them is
// open, so that every group counts for them.
func (c *change) onHosts(groups iter.Seq[*group]) {
	for g := range groups {
		if g.HostNetwork {
			c.own(g)
		}
	}
}
