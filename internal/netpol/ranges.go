package netpol

import (
	"net/netip"
	"slices"
)

// Ranges are the addresses of the cluster, as far as they are known.
type Ranges struct {
	// Pods are those of the pod network. Unset, a pod may have any of the addresses that are set aside for private networks.
	Pods []netip.Prefix
	// Services and Nodes are those of Services and of Nodes.
	Services, Nodes []netip.Prefix
	// NodePods are those that Nodes have for their pods. A network plugin may hand out others besides.
	NodePods []netip.Prefix
}

func (r *Ranges) equal(other *Ranges) bool {
	return slices.Equal(r.Pods, other.Pods) && slices.Equal(r.Services, other.Services) &&
		slices.Equal(r.Nodes, other.Nodes) && slices.Equal(r.NodePods, other.NodePods)
}

// private are the addresses for networks of one's own: RFC 1918, RFC 6598 and RFC 4193.
func private() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("fc00::/7"),
	}
}

// local are the addresses that are not routed: the node itself and whatever answers for it, such as a cache of names. The
// metadata service is there as well, and is answered for by itself.
func local() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"),
	}
}

// SetRanges tells the addresses of the cluster. Any group may be affected where they change what an ipBlock may stand for.
func (x *Index) SetRanges(r Ranges) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	if r.equal(&x.ranges) {
		return Affected{}
	}
	x.ranges = Ranges{slices.Clone(r.Pods), slices.Clone(r.Services), slices.Clone(r.Nodes), slices.Clone(r.NodePods)}
	x.known = x.ranges.known()
	seen := map[string]placed{}
	at := func(b *block) placed {
		text := b.String()
		if _, ok := seen[text]; !ok {
			seen[text] = x.known.at(b)
		}
		return seen[text]
	}
	changed := false
	for _, p := range x.policies {
		for _, d := range directions {
			p.eachRule(d, func(r *rule) { changed = r.place(at) || changed })
		}
	}
	c := x.newChange()
	if !changed {
		return c.affected()
	}
	clear(x.doors)
	for _, g := range x.groups {
		if g.hasDoor() {
			x.doors[g] = struct{}{}
		}
	}
	c.everywhere = true
	return c.affected()
}

// known are ranges with what every block is held against.
type known struct {
	// own are all addresses of the cluster that are known, with those that are not routed; all tells whether there are no
	// others. ownAndPrivate are these and the private ones.
	own, ownAndPrivate []netip.Prefix
	all                bool
	pods               []netip.Prefix // that a pod may have
}

// placed is what a block may stand for.
type placed struct {
	pods    bool  // a pod may have an address in it
	outside match // it holds addresses that are not the cluster's
}

func (r *Ranges) known() known {
	own := compact(slices.Concat(r.Pods, r.NodePods, r.Services, r.Nodes, local()))
	k := known{
		own: own, ownAndPrivate: compact(slices.Concat(own, private())), pods: r.Pods,
		all: len(r.Pods) > 0 && len(r.Services) > 0 && len(r.Nodes) > 0,
	}
	if len(k.pods) == 0 {
		k.pods = compact(slices.Concat(r.NodePods, private()))
	}
	return k
}

// at is what a block may stand for. Addresses outside are maybe in it where it lies within the private ranges and some of
// the cluster's own are not known.
func (k *known) at(b *block) placed {
	p := placed{pods: b.meets(k.pods), outside: maybe}
	switch {
	case !b.leaves(k.own):
		p.outside = no
	case k.all, b.leaves(k.ownAndPrivate):
		p.outside = yes
	}
	return p
}

// place finds it out for every block of the rule, and tells whether that changes anything.
func (r *rule) place(at func(*block) placed) (changed bool) {
	for i := range r.blocks {
		p := at(&r.blocks[i])
		changed = changed || p != r.blocks[i].placed
		r.blocks[i].placed = p
	}
	r.holdsPods = r.holds(func(b *block) bool { return b.placed.pods })
	return changed
}
