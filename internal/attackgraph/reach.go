package attackgraph

import (
	"math/bits"
	"slices"
)

// reach is the set of the counted vertices behind a vertex. Equal sets are one. Of two things there is only one each:
// nothing, which is nil, and everything, which is what cluster-admin reaches.
type reach struct {
	bits []uint64
}

// setTable keeps one set of each content.
type setTable struct {
	everything *reach
	sets       map[uint64][]*reach
}

func newSetTable() *setTable {
	return &setTable{everything: &reach{}, sets: make(map[uint64][]*reach)}
}

// reaches computes the sets for one kind of search: over certain arcs or all, with or without those that need a node.
type reaches struct {
	core     *core
	counted  *counted
	table    *setTable
	certain  bool
	searches *searches // of the same kind: what is on a way to cluster-admin reaches everything

	// Of the depth-first search (Tarjan): when a vertex was found, and the earliest that it leads back to.
	found, low []int32
	of         []*reach
	clock      int32
	open       []int32
	path       []frame
}

type frame struct{ vertex, arc int32 }

// done marks a vertex in found whose component is closed.
const done = -1

func newReaches(c *core, counted *counted, table *setTable, searches *searches, certain bool) *reaches {
	return &reaches{
		core: c, counted: counted, table: table, certain: certain, searches: searches,
		found: make([]int32, c.size()), low: make([]int32, c.size()), of: make([]*reach, c.size()),
	}
}

func (r *reaches) follows(f flags) bool {
	return (f&conditional == 0 || !r.certain) && f.open(r.searches.stealing)
}

// from is what is reached from a vertex.
func (r *reaches) from(start int32) *reach {
	switch cost := r.searches.ways[toAdmin].costs[start]; {
	case cost.certain(), cost != unreachable && !r.certain:
		return r.table.everything
	case r.found[start] == 0:
		r.search(start)
	}
	return r.table.intern(r.of[start])
}

// search closes the components behind a vertex, the furthest first: a component reaches what the ones after it reach, and
// what is counted of itself.
func (r *reaches) search(start int32) {
	r.enter(start)
	for len(r.path) > 0 {
		top := &r.path[len(r.path)-1]
		if top.arc < r.core.outStart[top.vertex+1] {
			a := &r.core.arcs[top.arc]
			top.arc++
			switch {
			case !r.follows(a.flags):
			case r.found[a.to] == 0:
				r.enter(a.to)
			case r.found[a.to] != done:
				r.low[top.vertex] = min(r.low[top.vertex], r.found[a.to])
			}
			continue
		}
		v := top.vertex
		r.path = r.path[:len(r.path)-1]
		if len(r.path) > 0 {
			parent := r.path[len(r.path)-1].vertex
			r.low[parent] = min(r.low[parent], r.low[v])
		}
		if r.low[v] == r.found[v] {
			r.close(v)
		}
	}
}

func (r *reaches) enter(v int32) {
	r.clock++
	r.found[v], r.low[v] = r.clock, r.clock
	r.open = append(r.open, v)
	r.path = append(r.path, frame{v, r.core.outStart[v]})
}

// close makes the set of the component that a vertex is the first of. A vertex is reached from another one, so that its own
// bit counts for those before it only, or for all of a component that leads back to it.
func (r *reaches) close(first int32) {
	at := len(r.open) - 1
	for r.open[at] != first {
		at--
	}
	component := r.open[at:]
	r.open = r.open[:at]
	u := union{size: r.counted.size()}
	for _, v := range component {
		r.found[v] = done
		for _, a := range r.core.out(v) {
			if !r.follows(a.flags) {
				continue
			}
			u.set(r.of[a.to])
			if bit := r.counted.bitOf[a.to]; bit != absent {
				u.bit(bit)
			}
		}
	}
	set := u.result()
	for _, v := range component {
		r.of[v] = set
	}
}

// union puts sets together, and makes a new one only where it has to.
type union struct {
	size int
	same *reach // the one set so far
	bits []uint64
}

func (u *union) set(other *reach) {
	switch {
	case other == nil || other == u.same:
	case u.same == nil && u.bits == nil:
		u.same = other
	default:
		u.own()
		for i, word := range other.bits {
			u.bits[i] |= word
		}
	}
}

func (u *union) bit(bit int32) {
	if u.same != nil && u.bits == nil && u.same.has(bit) {
		return
	}
	u.own()
	u.bits[bit/64] |= 1 << (bit % 64)
}

func (u *union) own() {
	if u.bits == nil {
		u.bits = make([]uint64, (u.size+63)/64)
		if u.same != nil {
			copy(u.bits, u.same.bits)
		}
	}
}

func (u *union) result() *reach {
	if u.bits == nil {
		return u.same
	}
	return &reach{bits: u.bits}
}

// intern returns the one set with this content.
func (t *setTable) intern(set *reach) *reach {
	if set == nil {
		return nil
	}
	sum := uint64(len(set.bits))
	for _, word := range set.bits {
		sum = bits.RotateLeft64(sum^word, 23) * 0x9e3779b97f4a7c15
	}
	for _, other := range t.sets[sum] {
		if slices.Equal(other.bits, set.bits) {
			return other
		}
	}
	t.sets[sum] = append(t.sets[sum], set)
	return set
}

func (r *reach) has(bit int32) bool { return r.bits[bit/64]&(1<<(bit%64)) != 0 }

// each visits the bits in order.
func (r *reach) each(visit func(bit int32)) {
	if r == nil {
		return
	}
	for i, word := range r.bits {
		for ; word != 0; word &= word - 1 {
			visit(int32(i*64 + bits.TrailingZeros64(word)))
		}
	}
}

// counted are the vertices that counts are made of.
type counted struct {
	bitOf    []int32 // by vertex
	vertexOf []int32 // by bit
}

func newCounted(c *core) *counted {
	k := &counted{bitOf: absences(c.size())}
	for v := range int32(c.size()) {
		if c.inStart[v] < c.inStart[v+1] && c.counts(v) {
			k.bitOf[v] = int32(len(k.vertexOf))
			k.vertexOf = append(k.vertexOf, v)
		}
	}
	return k
}

func (k *counted) size() int { return len(k.vertexOf) }

// counts tells whether something is counted for being at a vertex.
func (c *core) counts(v int32) bool {
	switch {
	case v < singles:
		return v == allNodesVertex || v == someNodeVertex
	case v < c.firstNode():
		return !c.isHub(v, ownerHub) && !c.isHub(v, podNodesHub)
	case v >= c.firstObject():
		kind := c.objects[v-c.firstObject()].Kind
		return kind == KindPod || kind == KindSecret
	default:
		return c.isNode(v) || c.isNodeFiles(v)
	}
}
