package attackgraph

// hops are the shortest ways to a node, and from where the nearest node does not count, to the nearest other one. The node
// that a pod will run on is left out: whether it is another one is not known.
type hops struct {
	first *ways
	// nearest is the vertex of the node that the first way leads to.
	nearest []int32
	// second is the way to the nearest node other than that.
	second ways
}

func (c *core) hopsOf(stealing bool, q *queue) *hops {
	ends := []queued{{vertex: allNodesVertex}}
	for n := range c.state.nodes {
		ends = append(ends, queued{vertex: c.node(int32(n))})
	}
	h := &hops{
		first: c.waysTo(ends, stealing, q), nearest: absences(c.size()),
		second: ways{costs: make([]cost, c.size()), next: make([]int32, c.size())},
	}
	for v := range h.nearest {
		h.second.costs[v], h.second.next[v] = unreachable, notAsked
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
	offer := func(v int32, total cost) {
		if total < h.second.costs[v] {
			h.second.costs[v] = total
			q.put(queued{vertex: v, cost: total})
		}
	}
	for v := range h.nearest {
		for _, a := range c.out(int32(v)) {
			if other := h.nearest[a.to]; a.flags.open(stealing) && other != absent && other != h.nearest[v] {
				offer(int32(v), h.first.costs[a.to]+a.flags.cost())
			}
		}
	}
	for item, ok := q.take(); ok; item, ok = q.take() {
		if item.cost != h.second.costs[item.vertex] {
			continue
		}
		for _, back := range c.in(item.vertex) {
			if back.flags.open(stealing) && h.nearest[back.from] == h.nearest[item.vertex] {
				offer(back.from, item.cost+back.flags.cost())
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
