package attackgraph

// explorer searches forwards from one workload. It is used again for others.
type explorer struct {
	*Solution
	counter  *counter
	workload int32
	start    int32
	gone     Gone
	only     int32 // the node of all its pods, absent where there is more than one or none
	placed   bool  // whether there is one

	// The edges that a change may be about.
	holdToken, takeNode, readNode, tokenOnNode, takeStolenPod uint8

	queue   queue
	made    []visit
	round   int32
	seen    []int32    // by vertex: the round of its visits
	visits  [][2]int32 // by vertex: the cheapest, and the cheapest on behalf of another pod
	reached []int32    // vertices in the order of costs
	best    [targets]found
	hop     found
	nearest int32 // the node that does not count where no pod has one
}

// visit is a way to a vertex.
type visit struct {
	vertex, arc, before int32
	// own is the vertex of the node of the pod that started; absent where it can be any pod of several.
	own  int32
	cost cost
}

const noVisit = -1

// found is the best way to a target: the last visit, and what is left to do there.
type found struct {
	cost  cost
	visit int32
	left  cost
}

func (s *Solution) newExplorer() *explorer {
	e := &explorer{
		Solution: s, counter: newCounter(s.core, s.counted, s.census),
		seen: make([]int32, s.core.size()), visits: make([][2]int32, s.core.size()),
	}
	for i := range s.core.edges {
		switch s.core.edges[i].ID {
		case "HoldToken":
			e.holdToken = uint8(i)
		case "TakeNode":
			e.takeNode = uint8(i)
		case "ReadNode":
			e.readNode = uint8(i)
		case "TokenOnNode":
			e.tokenOnNode = uint8(i)
		case "TakeStolenPod":
			e.takeStolenPod = uint8(i)
		}
	}
	return e
}

// search visits what the workload reaches, cheapest first. Each vertex is visited on behalf of two pods at most: for a hop
// it matters whose node does not count. Once cluster-admin is certain, everything else is two steps away at most.
func (e *explorer) search(stealing bool) {
	e.round++
	e.made, e.reached, e.hop, e.nearest = e.made[:0], e.reached[:0], found{cost: unreachable}, absent
	for t := range e.best {
		e.best[t] = found{cost: unreachable}
	}
	e.note(e.start, 0, noVisit)
	e.leave(visit{vertex: e.start, own: e.only}, noVisit, stealing)
	limit := unreachable
	for item, ok := e.queue.take(); ok && item.cost <= limit; item, ok = e.queue.take() {
		v := e.made[item.label]
		if !e.accept(item.label) {
			continue
		}
		e.note(v.vertex, v.cost, item.label)
		if e.isHop(&v) && v.cost < e.hop.cost {
			e.hop = found{cost: v.cost, visit: item.label}
		}
		if v.vertex == adminVertex && v.cost.certain() {
			limit = min(limit, v.cost+2*oneStep)
		}
		e.leave(v, item.label, stealing)
	}
	e.queue.reset()
}

// isHop tells whether a visit is to another node than that of its pod. Where no pod has a node yet, the first one that is
// found may become its own.
func (e *explorer) isHop(v *visit) bool {
	switch {
	case v.vertex == allNodesVertex:
		return true
	case !e.core.isNode(v.vertex) || v.own == v.vertex:
		return false
	case !e.placed && e.nearest == absent:
		e.nearest = v.vertex
		return false
	default:
		return v.vertex != e.nearest
	}
}

// leave puts the arcs of a visit into the queue.
func (e *explorer) leave(v visit, at int32, stealing bool) {
	for i := e.core.outStart[v.vertex]; i < e.core.outStart[v.vertex+1]; i++ {
		a := &e.core.arcs[i]
		if !a.flags.open(stealing) || e.isGone(v.vertex, a) {
			continue
		}
		next := visit{vertex: a.to, arc: i, before: at, own: v.own, cost: v.cost + a.flags.cost()}
		if at == noVisit {
			next.own = e.core.ownNode(a.to, e.only)
		}
		if e.wants(&next) {
			e.made = append(e.made, next)
			e.queue.put(queued{vertex: a.to, label: int32(len(e.made) - 1), cost: next.cost})
		}
	}
}

// wants tells whether a vertex has not been visited yet, or only on behalf of one other pod.
func (e *explorer) wants(v *visit) bool {
	if e.seen[v.vertex] != e.round {
		return true
	}
	visits := e.visits[v.vertex]
	return visits[1] == noVisit && e.made[visits[0]].own != v.own
}

func (e *explorer) accept(at int32) bool {
	v := &e.made[at]
	if !e.wants(v) {
		return false
	}
	if e.seen[v.vertex] == e.round {
		e.visits[v.vertex][1] = at
		return true
	}
	e.seen[v.vertex], e.visits[v.vertex] = e.round, [2]int32{at, noVisit}
	e.reached = append(e.reached, v.vertex)
	return true
}

// note keeps the best way to every target.
func (e *explorer) note(v int32, total cost, at int32) {
	e.eachTarget(v, func(t target, left cost) {
		if total+left < e.best[t].cost {
			e.best[t] = found{total + left, at, left}
		}
	})
}
