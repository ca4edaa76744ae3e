package attackgraph

// hops are the shortest ways to a node, and from where the nearest node does not count, to the nearest other one. The node
// that a pod will run on is left out: whether it is another one is not known.
type hops struct {
	first *ways
	// nearest is the vertex of the node that the first way leads to.
	nearest []int32
	// second is the way to the nearest node other than that.
	second *ways
}

// hopsOf finds them; where the plain ones are given, for who controls a node.
func (c *core) hopsOf(plain *hops, q *queue) *hops {
	ends := []queued{{vertex: allNodesVertex}}
	for n := range c.state.nodes {
		ends = append(ends, queued{vertex: c.node(int32(n))})
	}
	var first *ways
	stealing := plain != nil
	if stealing {
		first = c.stealingWays(plain.first, ends, q)
	} else {
		first = c.waysTo(ends, q)
	}
	h := &hops{first: first, nearest: absences(c.size()), second: newWays(c.size())}
	for v := range h.nearest {
		h.nearestFrom(c, int32(v), stealing)
	}
	h.others(c, stealing, q)
	return h
}

// nearestFrom follows the first way to its end.
func (h *hops) nearestFrom(c *core, v int32, stealing bool) int32 {
	if h.first.costs[v] == unreachable || h.nearest[v] != absent {
		return h.nearest[v]
	}
	if arc := h.first.step(c, v, stealing); arc != noArc {
		h.nearest[v] = h.nearestFrom(c, c.arcs[arc].to, stealing)
	} else {
		h.nearest[v] = v
	}
	return h.nearest[v]
}

// others finds the second ways. Such a way goes over to a neighbour whose nearest node is another one, or takes the second
// way of a neighbour whose nearest node is the same.
func (h *hops) others(c *core, stealing bool, q *queue) {
	for v := range h.nearest {
		for _, a := range c.out(int32(v)) {
			if other := h.nearest[a.to]; a.flags.open(stealing) && other != absent && other != h.nearest[v] {
				h.second.offer(int32(v), h.first.costs[a.to]+a.flags.cost(), q)
			}
		}
	}
	for item, ok := q.take(); ok; item, ok = q.take() {
		if item.cost != h.second.costs[item.vertex] {
			continue
		}
		for _, back := range c.in(item.vertex) {
			if back.flags.open(stealing) && h.nearest[back.from] == h.nearest[item.vertex] {
				h.second.offer(back.from, item.cost+back.flags.cost(), q)
			}
		}
	}
}

// except is the cost of the way to the nearest node that is not the one of a vertex.
func (h *hops) except(v, node int32) cost {
	if h.nearest[v] != node {
		return h.first.costs[v]
	}
	return h.second.costs[v]
}

// step is the arc by which that way goes on.
func (h *hops) step(c *core, v, node int32, stealing bool) int32 {
	if h.nearest[v] != node {
		return h.first.step(c, v, stealing)
	}
	if h.second.next[v] == notAsked {
		h.second.next[v] = c.firstArc(v, h.second.costs[v], stealing, func(to int32) cost { return h.except(to, node) })
	}
	return h.second.next[v]
}
