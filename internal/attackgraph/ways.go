package attackgraph

import "slices"

// ways are the shortest ways from every vertex to a target.
type ways struct {
	costs []cost
	// next is the arc that the way takes; noArc at its end, notAsked where nobody has asked yet.
	next []int32
}

const (
	noArc    = -1
	notAsked = -2
)

// newWays are none yet.
func newWays(size int) *ways {
	w := &ways{costs: make([]cost, size), next: make([]int32, size)}
	for v := range w.costs {
		w.costs[v], w.next[v] = unreachable, notAsked
	}
	return w
}

// waysTo searches backwards from the ends of a target.
func (c *core) waysTo(ends []queued, q *queue) *ways {
	w := newWays(c.size())
	for _, end := range ends {
		w.costs[end.vertex], w.next[end.vertex] = end.cost, noArc
		q.put(end)
	}
	w.search(c, false, q)
	return w
}

// stealingWays are the ways of who controls a node: those that are known, and what the arcs add that need one.
func (c *core) stealingWays(plain *ways, ends []queued, q *queue) *ways {
	w := &ways{costs: slices.Clone(plain.costs), next: make([]int32, c.size())}
	for v := range w.next {
		w.next[v] = notAsked
	}
	for _, end := range ends {
		if w.costs[end.vertex] == end.cost {
			w.next[end.vertex] = noArc
		}
	}
	for _, v := range c.stealers {
		for _, a := range c.out(v) {
			if a.flags&needsNode != 0 && w.costs[a.to] != unreachable {
				w.offer(v, w.costs[a.to]+a.flags.cost(), q)
			}
		}
	}
	w.search(c, true, q)
	return w
}

func (w *ways) search(c *core, stealing bool, q *queue) {
	for item, ok := q.take(); ok; item, ok = q.take() {
		if item.cost != w.costs[item.vertex] {
			continue // A cheaper way was found after this one was put in.
		}
		for _, back := range c.in(item.vertex) {
			if back.flags.open(stealing) {
				w.offer(back.from, item.cost+back.flags.cost(), q)
			}
		}
	}
}

// offer takes a way that is cheaper than the one so far.
func (w *ways) offer(v int32, total cost, q *queue) {
	if total < w.costs[v] {
		w.costs[v], w.next[v] = total, notAsked
		q.put(queued{vertex: v, cost: total})
	}
}

// step is the first arc, in the order of drawing, by which a shortest way goes on from a vertex.
func (w *ways) step(c *core, v int32, stealing bool) int32 {
	if w.next[v] != notAsked {
		return w.next[v]
	}
	w.next[v] = c.firstArc(v, w.costs[v], stealing, func(to int32) cost { return w.costs[to] })
	return w.next[v]
}

// follow is the shortest way from a vertex, arc by arc, and the vertex that it ends at.
func (w *ways) follow(c *core, v int32, stealing bool) (arcs []int32, end int32) {
	for i := w.step(c, v, stealing); i != noArc; i = w.step(c, v, stealing) {
		arcs, v = append(arcs, i), c.arcs[i].to
	}
	return arcs, v
}

// firstArc is the first arc from a vertex that takes up a cost exactly.
func (c *core) firstArc(v int32, whole cost, stealing bool, rest func(to int32) cost) int32 {
	for i := c.outStart[v]; i < c.outStart[v+1]; i++ {
		a := &c.arcs[i]
		if !a.flags.open(stealing) {
			continue
		}
		if left := rest(a.to); left != unreachable && left+a.flags.cost() == whole {
			return i
		}
	}
	return noArc
}
