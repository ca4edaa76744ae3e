package attackgraph

import "github.com/daysix/daysix/internal/finding"

// widening is a question that can be answered in three scopes: everywhere, in a namespace, for single objects.
type widening [3]target

// scopes are those of a widening.
func scopes() [3]Scope { return [3]Scope{ScopeCluster, ScopeNamespace, ScopeObject} }

func creatingPods() widening    { return widening{toAllNewPods, toNewPods, toStaticPods} }
func controllingPods() widening { return widening{toAllPods, toPods, toPod} }
func readingSecrets() widening  { return widening{toAllSecrets, toSecrets, toSecret} }

// Answers are those for a workload; ok is false where there is no such workload.
func (s *Solution) Answers(key Key) (answers Answers, ok bool) {
	i, ok := s.state.find(key)
	if !ok {
		return Answers{}, false
	}
	r := &s.results[i]
	if r.vertex == absent {
		answers = s.noAnswers(i)
		answers.Certain, answers.Possible = r.certain, r.possible
		if m, ok := s.state.workloads[i].firstSecret(); ok {
			m.workload = int32(i)
			step := s.mounted(Vertex{KindWorkload, answers.Workload}, m)
			answers.ReadSecrets = Answer{Verdict: finding.Yes, Scope: ScopeObject, Path: Path{step}}
		}
		return answers, true
	}
	found := s.searchesOf(r)
	return s.assemble(i, &outlook{
		cost: func(t target) cost { return found.ways[t].costs[r.vertex] },
		path: func(t target) Path { return s.path(found, t, r.vertex) },
		hop: func() (cost, Path) {
			_, cost, _ := s.firstHop(found, i, r.vertex)
			return cost, s.hop(found, i, r.vertex)
		},
		certainSet: r.certainSet, possibleSet: r.possibleSet, certain: r.certain, possible: r.possible,
	}), true
}

// outlook is what a search has found for a workload.
type outlook struct {
	cost func(target) cost
	path func(target) Path
	hop  func() (cost, Path)

	certainSet, possibleSet *reach
	certain, possible       Reached
}

// assemble makes the answers of what was found.
func (s *Solution) assemble(i int, o *outlook) Answers {
	a := s.noAnswers(i)
	a.Certain, a.Possible = o.certain, o.possible
	a.BecomeClusterAdmin = o.answer(toAdmin)
	a.ControlNode = o.answer(toNode)
	if cost, path := o.hop(); cost != unreachable {
		a.HopNodes = Answer{Verdict: cost.verdict(), Path: path}
	}
	a.CreatePods = s.widest(o, creatingPods())
	a.ControlPods = s.widest(o, controllingPods())
	a.ReadSecrets = s.widest(o, readingSecrets())
	return a
}

// noAnswers are those for a workload that leads nowhere.
func (s *Solution) noAnswers(i int) Answers {
	w, no := s.state.workloads[i], Answer{Verdict: finding.No}
	return Answers{
		Workload: w.key, BecomeClusterAdmin: no, ControlNode: no, HopNodes: no, CreatePods: no, ControlPods: no, ReadSecrets: no,
		OwnNodes: w.ownNodes, Note: w.note,
	}
}

func (c cost) verdict() finding.Verdict {
	switch {
	case c.certain():
		return finding.Yes
	case c != unreachable:
		return finding.Conditional
	default:
		return finding.No
	}
}

func (o *outlook) answer(t target) Answer {
	return Answer{Verdict: o.cost(t).verdict(), Path: o.path(t)}
}

// choose is the widest target with the best verdict, by index, and the nearest one with it; ok is false where there is none.
func (q widening) choose(costOf func(target) cost) (widest, nearest int, ok bool) {
	best := unreachable
	for i := range q {
		switch cost := costOf(q[i]); {
		case cost == unreachable:
		case best == unreachable, cost.certain() && !best.certain():
			best, widest, nearest = cost, i, i
		case cost < best && cost.certain() == best.certain():
			best, nearest = cost, i
		}
	}
	return widest, nearest, best != unreachable
}

func (s *Solution) widest(o *outlook, q widening) Answer {
	widest, nearest, ok := q.choose(o.cost)
	if !ok {
		return Answer{Verdict: finding.No}
	}
	a := o.answer(q[nearest])
	a.Scope = scopes()[widest]
	if widest != nearest {
		a.Widest = o.path(q[widest])
	}
	if a.Scope == ScopeNamespace {
		set := o.certainSet
		if a.Verdict == finding.Conditional {
			set = o.possibleSet
		}
		a.Namespaces = s.namespacesIn(set, q[widest])
	}
	return a
}

// namespacesIn are the namespaces in which a set has a hub of a target.
func (s *Solution) namespacesIn(set *reach, t target) []string {
	in := make([]bool, len(s.state.namespaces))
	set.each(func(bit int32) {
		v := s.counted.vertexOf[bit]
		for _, hub := range t.hubs() {
			if namespace := s.core.namespaceOf(v); s.core.isHub(v, hub) && namespace != absent {
				in[namespace] = true
			}
		}
	})
	var names []string
	for i, reached := range in {
		if reached {
			names = append(names, s.state.namespaces[i])
		}
	}
	return names
}
