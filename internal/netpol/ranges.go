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

// SetRanges tells the addresses of the cluster. Any group may be affected where they change.
func (x *Index) SetRanges(r Ranges) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	if slices.Equal(r.Pods, x.ranges.Pods) && slices.Equal(r.Services, x.ranges.Services) && slices.Equal(r.Nodes, x.ranges.Nodes) {
		return Affected{}
	}
	x.ranges = Ranges{slices.Clone(r.Pods), slices.Clone(r.Services), slices.Clone(r.Nodes)}
	for _, p := range x.policies {
		for _, d := range directions {
			p.eachRule(d, func(r *rule) { r.holdsPods = r.holds(x.ranges.mayHoldPods) })
		}
	}
	clear(x.doors)
	for _, g := range x.groups {
		if g.hasDoor() {
			x.doors[g] = struct{}{}
		}
	}
	c := x.newChange()
	c.everywhere = true
	return c.affected()
}

// mayHoldPods tells whether a pod may have an address in the block.
func (r *Ranges) mayHoldPods(b *block) bool {
	if len(r.Pods) == 0 {
		return b.meets(private())
	}
	return b.meets(r.Pods)
}

// outside tells whether a block holds addresses that are not the cluster's: yes, no, or maybe where it lies within the
// private ranges and some of the cluster's own are not known.
func (r *Ranges) outside(b *block) match {
	own := slices.Concat(r.Pods, r.Services, r.Nodes, local())
	switch {
	case !b.leaves(own):
		return no
	case len(r.Pods) > 0 && len(r.Services) > 0 && len(r.Nodes) > 0, b.leaves(slices.Concat(own, private())):
		return yes
	default:
		return maybe
	}
}
