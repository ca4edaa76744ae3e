package attackgraph

import "slices"

// Gone is a change of a cluster for the better.
type Gone struct {
	// Token: the pods of the workload hold no token.
	Token bool
	// Node: the pods of the workload do not get out to their node.
	Node bool
	// Binding, as Effect.Needs names it, is gone for everybody.
	Binding string
}

// Without is what the answers for a workload would be after a change; ok is false where there is no such workload. It
// searches forwards from the one workload, and costs what that reaches. Where several ways are equally short, it may show
// another one than Answers does.
func (s *Solution) Without(key Key, gone Gone) (answers Answers, ok bool) {
	i, ok := s.state.find(key)
	if !ok {
		return Answers{}, false
	}
	if s.results[i].vertex == absent {
		return s.Answers(key)
	}
	e, pooled := s.explorers.Get().(*explorer)
	if !pooled {
		e = s.newExplorer()
	}
	defer s.explorers.Put(e)
	e.workload, e.start, e.gone = int32(i), s.results[i].vertex, gone
	e.only, e.placed = s.onlyNode(i)
	e.search(false)
	if s.core.stealing && e.best[toNode].cost != unreachable && !e.best[toAdmin].cost.certain() {
		e.search(true)
	}
	return e.answers(), true
}

// isGone tells whether the change takes an arc away.
func (e *explorer) isGone(from int32, a *arc) bool {
	why := &e.core.reasons[a.reason]
	if why.effect != nil {
		return e.gone.Binding != "" && slices.Contains(why.effect.Needs, e.gone.Binding)
	}
	return (e.gone.Token && e.isOwnToken(from, a, why)) || (e.gone.Node && (a.edge == e.takeNode || a.edge == e.readNode) && e.isOwn(from))
}

// isOwnToken tells whether an arc is there because a pod of the workload holds a token.
func (e *explorer) isOwnToken(from int32, a *arc, why *reason) bool {
	switch a.edge {
	case e.holdToken:
		return e.isOwn(from)
	case e.tokenOnNode:
		return why.workload == e.workload+1
	case e.takeStolenPod:
		return why.workload == e.workload+1 && e.core.isAccount(a.to)
	default:
		return false
	}
}

// isOwn tells whether a vertex stands for the workload or for one of its pods.
func (e *explorer) isOwn(v int32) bool {
	at, isPod := e.core.podAt[v]
	return v == e.start || (isPod && at.workload == e.workload)
}

// answers are those of the last search.
func (e *explorer) answers() Answers {
	o := outlook{
		cost: func(t target) cost { return e.best[t].cost },
		path: func(t target) Path { return e.pathTo(e.best[t]) },
		hop:  func() (cost, Path) { return e.hop.cost, e.pathTo(e.hop) },
	}
	admin := e.best[toAdmin].cost
	o.certainSet, o.certain = e.reachedBy(admin.certain(), cost.certain)
	o.possibleSet, o.possible = e.reachedBy(admin != unreachable, func(cost) bool { return true })
	return e.assemble(int(e.workload), &o)
}

// reachedBy is what was reached at costs of a kind, or everything.
func (e *explorer) reachedBy(everything bool, kind func(cost) bool) (*reach, Reached) {
	set := &reach{bits: make([]uint64, (e.counted.size()+63)/64)}
	for _, v := range e.reached {
		if bit := e.counted.bitOf[v]; bit != absent && kind(e.made[e.visits[v][0]].cost) {
			set.bits[bit/64] |= 1 << (bit % 64)
		}
	}
	e.counter.count(set, everything)
	return set, e.counter.reached(int(e.workload))
}

// pathTo goes back from the end of a way to its start.
func (e *explorer) pathTo(f found) Path {
	if f.cost == unreachable {
		return nil
	}
	var arcs []int32
	for at := f.visit; at != noVisit; at = e.made[at].before {
		arcs = append(arcs, e.made[at].arc)
	}
	slices.Reverse(arcs)
	return e.describe(e.start, arcs, f.left == oneStep)
}
