package netpol

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	netutils "k8s.io/utils/net"
)

// parsePrefix reads a CIDR as the API server does: leading zeros of an IPv4 address are let pass and mean nothing, bits
// behind the mask are dropped, and an IPv4 address in the form of IPv6 is one of IPv4.
func parsePrefix(text string) (netip.Prefix, error) {
	_, network, err := netutils.ParseCIDRSloppy(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not a CIDR", text)
	}
	address, _ := netip.AddrFromSlice(network.IP)
	bits, _ := network.Mask.Size()
	if const4In6 := 96; address.Is4In6() && bits >= const4In6 {
		address, bits = address.Unmap(), bits-const4In6
	}
	return netip.PrefixFrom(address, bits), nil
}

// covered tells whether every address of a prefix lies in one of the others.
func covered(prefix netip.Prefix, by []netip.Prefix) bool {
	var inside []netip.Prefix
	for _, other := range by {
		if !other.Overlaps(prefix) {
			continue
		}
		if other.Bits() <= prefix.Bits() {
			return true
		}
		inside = append(inside, other)
	}
	if len(inside) == 0 {
		return false
	}
	low, high := halves(prefix)
	return covered(low, inside) && covered(high, inside)
}

// halves splits a prefix that has more than one address.
func halves(prefix netip.Prefix) (low, high netip.Prefix) {
	bits := prefix.Bits() + 1
	address := prefix.Masked().Addr()
	raw := address.AsSlice()
	raw[(bits-1)/8] |= 1 << (7 - (bits-1)%8)
	upper, _ := netip.AddrFromSlice(raw)
	return netip.PrefixFrom(address, bits), netip.PrefixFrom(upper, bits)
}

// compact lists the same addresses by as few prefixes as can be, in order.
func compact(prefixes []netip.Prefix) []netip.Prefix {
	sorted := make([]netip.Prefix, 0, len(prefixes))
	for _, p := range prefixes {
		sorted = append(sorted, p.Masked())
	}
	slices.SortFunc(sorted, netip.Prefix.Compare)
	out := sorted[:0]
	for _, p := range sorted {
		if len(out) > 0 && out[len(out)-1].Contains(p.Addr()) {
			continue // A prefix comes before those within it.
		}
		out = append(out, p)
		for len(out) > 1 { // Two halves make one.
			low, high := out[len(out)-2], out[len(out)-1]
			if low.Bits() != high.Bits() || low.Bits() == 0 {
				break
			}
			both := netip.PrefixFrom(low.Addr(), low.Bits()-1).Masked()
			if both.Addr() != low.Addr() || !both.Contains(high.Addr()) {
				break
			}
			out = append(out[:len(out)-2], both)
		}
	}
	return out
}

// block is an ipBlock.
type block struct {
	cidr   netip.Prefix
	except []netip.Prefix
	placed placed // once the index knows the policy
}

func (b *block) contains(address netip.Addr) bool {
	return b.cidr.Contains(address) &&
		!slices.ContainsFunc(b.except, func(e netip.Prefix) bool { return e.Contains(address) })
}

// any tells whether there is an address in the block.
func (b *block) any() bool { return b.leaves(nil) }

// everywhere tells whether the block is all of IPv4 or of IPv6, but for exceptions.
func (b *block) everywhere() bool { return b.cidr.Bits() == 0 && b.any() }

// meets tells whether an address of the block lies in one of the ranges.
func (b *block) meets(ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(r netip.Prefix) bool {
		if !r.Overlaps(b.cidr) {
			return false
		}
		common := r
		if b.cidr.Bits() > r.Bits() {
			common = b.cidr
		}
		return !covered(common, b.except)
	})
}

// leaves tells whether an address of the block lies in none of the ranges.
func (b *block) leaves(ranges []netip.Prefix) bool {
	return !covered(b.cidr, slices.Concat(b.except, ranges))
}

// String is the block as it would be written, exceptions included.
func (b *block) String() string {
	if len(b.except) == 0 {
		return b.cidr.String()
	}
	texts := make([]string, len(b.except))
	for i, e := range b.except {
		texts[i] = e.String()
	}
	return b.cidr.String() + " except " + strings.Join(texts, ", ")
}
