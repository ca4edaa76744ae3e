package attackgraph

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

// waysTo searches backwards from the ends of a target.
func (c *core) waysTo(ends []queued, stealing bool, q *queue) *ways {
	w := &ways{costs: make([]cost, c.size()), next: make([]int32, c.size())}
	for v := range w.costs {
		w.costs[v], w.next[v] = unreachable, notAsked
	}
	for _, end := range ends {
		w.costs[end.vertex], w.next[end.vertex] = end.cost, noArc
		q.put(end)
	}
	for item, ok := q.take(); ok; item, ok = q.take() {
		if item.cost != w.costs[item.vertex] {
			continue // A cheaper way was found after this one was put in.
		}
		for _, back := range c.in(item.vertex) {
			if !back.flags.open(stealing) {
				continue
			}
			if total := item.cost + back.flags.cost(); total < w.costs[back.from] {
				w.costs[back.from], w.next[back.from] = total, notAsked
				q.put(queued{vertex: back.from, cost: total})
			}
		}
	}
	return w
}

// step is the first arc, in the order of drawing, by which a shortest way goes on from a vertex.
func (w *ways) step(c *core, v int32, stealing bool) int32 {
	if w.next[v] != notAsked {
		return w.next[v]
	}
	w.next[v] = c.firstArc(v, w.costs[v], stealing, func(to int32) cost { return w.costs[to] })
	return w.next[v]
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
