package attackgraph

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// permissionSet are the effects of the rights of one identity or of several: those with equal effects share one. It is
// never changed.
type permissionSet struct {
	effects []heldEffect
	sum     uint64
	refs    int
}

// heldEffect is an effect with the slot of its namespace.
type heldEffect struct {
	Effect
	slot int32 // wholeCluster where it has no namespace
}

const wholeCluster = -1

// permissions interns.
type permissions struct {
	seed maphash.Seed
	sets map[uint64][]*permissionSet // those of a sum, usually one
}

// acquireRights returns the permission set of the effects that an edge follows, nil where there is none.
func (g *Graph) acquireRights(effects []Effect) *permissionSet {
	kept := g.followed(effects)
	if len(kept) == 0 {
		return nil
	}
	p := &g.permissions
	sum := p.sum(kept)
	for _, set := range p.sets[sum] {
		if slices.EqualFunc(set.effects, kept, func(a heldEffect, b Effect) bool { return compareEffects(&a.Effect, &b) == 0 }) {
			set.refs++
			return set
		}
	}
	set := &permissionSet{effects: make([]heldEffect, len(kept)), sum: sum, refs: 1}
	for i := range kept {
		set.effects[i] = heldEffect{kept[i], wholeCluster}
		if kept[i].Namespace != "" {
			set.effects[i].slot = g.namespaces.acquire(kept[i].Namespace)
		}
	}
	p.sets[sum] = append(p.sets[sum], set)
	return set
}

func (g *Graph) releaseRights(set *permissionSet) {
	if set == nil {
		return
	}
	if set.refs--; set.refs > 0 {
		return
	}
	for i := range set.effects {
		if set.effects[i].slot != wholeCluster {
			g.namespaces.release(set.effects[i].slot)
		}
	}
	same := slices.DeleteFunc(g.permissions.sets[set.sum], func(other *permissionSet) bool { return other == set })
	if len(same) == 0 {
		delete(g.permissions.sets, set.sum)
	} else {
		g.permissions.sets[set.sum] = same
	}
}

// followed are copies of the effects that an edge follows, in order and distinct.
func (g *Graph) followed(effects []Effect) []Effect {
	var kept []Effect
	for i := range effects {
		e := &effects[i]
		if !slices.Contains(g.follows[e.Privilege], e.Consequence) {
			continue
		}
		own := *e
		own.Names = slices.Compact(slices.Sorted(slices.Values(e.Names)))
		own.Needs = slices.Compact(slices.Sorted(slices.Values(e.Needs)))
		kept = append(kept, own)
	}
	slices.SortFunc(kept, func(a, b Effect) int { return compareEffects(&a, &b) })
	return slices.CompactFunc(kept, func(a, b Effect) bool { return compareEffects(&a, &b) == 0 })
}

// compareEffects puts the wider one first, and the certain one. Only equal effects compare as equal.
func compareEffects(a, b *Effect) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(len(a.Names), len(b.Names)),
		cmp.Compare(a.Condition, b.Condition),
		cmp.Compare(a.Privilege, b.Privilege),
		cmp.Compare(a.Consequence, b.Consequence),
		cmp.Compare(a.Why, b.Why),
		slices.Compare(a.Names, b.Names),
		slices.Compare(a.Needs, b.Needs),
	)
}

func (p *permissions) sum(effects []Effect) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	text := func(s string) {
		maphash.WriteComparable(&h, len(s))
		h.WriteString(s)
	}
	for i := range effects {
		e := &effects[i]
		for _, s := range [...]string{string(e.Privilege), string(e.Consequence), e.Condition, e.Namespace, e.Why} {
			text(s)
		}
		for _, list := range [...][]string{e.Names, e.Needs} {
			maphash.WriteComparable(&h, len(list))
			for _, s := range list {
				text(s)
			}
		}
	}
	return h.Sum64()
}
