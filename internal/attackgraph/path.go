package attackgraph

// path follows the shortest way from a vertex to a target.
func (s *Solution) path(found *searches, t target, v int32) Path {
	w := found.ways[t]
	if w.costs[v] == unreachable {
		return nil
	}
	arcs, end := w.follow(s.core, v, found.stealing)
	return s.describe(v, arcs, w.costs[end] == oneStep)
}

// hop follows the shortest way from a workload to another node than that of its pod.
func (s *Solution) hop(found *searches, workload, v int32) Path {
	var arcs []int32
	for i, _, except := s.firstHop(found, workload, v); i != noArc; {
		arcs = append(arcs, i)
		i = found.hops.step(s.core, s.core.arcs[i].to, except, found.stealing)
	}
	return s.describe(v, arcs, false)
}

// firstHop is the arc by which the shortest hop of a workload starts, what the whole costs, and the node that does not count:
// that of the pod, where the arc tells which pod it is; else that of all pods, where they run on one; else, where no pod runs
// yet, the nearest one, for that may become its own.
func (s *Solution) firstHop(found *searches, workload, v int32) (arc int32, best cost, except int32) {
	only, placed := s.onlyNode(workload)
	if nearest := found.hops.nearest[v]; !placed && nearest != allNodesVertex {
		only = nearest
	}
	arc, best = noArc, unreachable
	for i := s.core.outStart[v]; i < s.core.outStart[v+1]; i++ {
		a := &s.core.arcs[i]
		own := s.core.ownNode(a.to, only)
		if rest := found.hops.except(a.to, own); rest != unreachable && rest+a.flags.cost() < best {
			arc, best, except = i, rest+a.flags.cost(), own
		}
	}
	return arc, best, except
}

// ownNode is the vertex of the node of a pod that goes to a vertex: that node or its files, or else the one that is given.
func (c *core) ownNode(to, otherwise int32) int32 {
	switch {
	case c.isNode(to):
		return to
	case c.isNodeFiles(to):
		return c.node(to - c.nodeFiles(0))
	default:
		return otherwise
	}
}

// onlyNode is the vertex of the node on which all pods of a workload run, absent where there are several; placed is false
// where no pod has a node.
func (s *Solution) onlyNode(workload int32) (v int32, placed bool) {
	v = absent
	for _, g := range s.census.of(workload) {
		for _, n := range s.census.podNodes[g.firstPod:g.endPod] {
			switch {
			case n == absent || s.core.node(n) == v:
			case placed:
				return absent, true
			default:
				v, placed = s.core.node(n), true
			}
		}
	}
	return v, placed
}

// describe makes a path of arcs, and of the step to a Secret where that is the last one.
func (s *Solution) describe(from int32, arcs []int32, secret bool) Path {
	path := make(Path, 0, len(arcs)+1)
	at := from
	for _, i := range arcs {
		a := &s.core.arcs[i]
		if at = a.to; a.flags&noStep == 0 {
			path = append(path, s.step(from, a))
			from = at
		}
	}
	if secret {
		path = append(path, s.mounted(s.core.vertex(from), s.mounts[at]))
	}
	return path
}

// step describes an arc.
func (s *Solution) step(from int32, a *arc) Step {
	why, e := s.core.reasons[a.reason], &s.core.edges[a.edge]
	step := Step{
		From: s.core.vertex(from), Edge: e.ID, To: s.core.vertex(a.to), Why: e.because, Condition: s.core.conditions[a.condition],
	}
	switch {
	case why.effect != 0:
		step.Why = s.core.effects[why.effect-1].Why
	case e.way != nil:
		step.Why = e.way(s.census.groups[why.group-1].group).Why
	case why.group != 0:
		step.Why = s.census.keyOf(why.group-1).String() + ": " + step.Why
	}
	if why.pod != 0 {
		step.Pod = s.podName(why.group-1, why.pod-1)
	}
	return step
}

func (s *Solution) podName(group, pod int32) string {
	of := s.census.podName(group, pod)
	return of.Namespace + "/" + of.Name
}

// mounted is the step to the first Secret of a pod or of a node.
func (s *Solution) mounted(from Vertex, m mount) Step {
	g := &s.census.groups[m.group]
	names := g.mounted.names
	if len(names) == 0 {
		names = g.fetched.names
	}
	return s.stepTo(from, m, Vertex{KindSecret, Key{Namespace: s.state.namespaces[g.namespace], Name: names[0]}})
}

// stepTo is the step to a Secret that a group needs.
func (s *Solution) stepTo(from Vertex, m mount, secret Vertex) Step {
	step := Step{From: from, Edge: "SecretOnNode", To: secret}
	switch from.Kind {
	case KindWorkload, KindPod:
		step.Edge = "MountSecret"
	case KindStolenPods:
		step.Edge = "TakeStolenPod"
	default:
	}
	step.Why = s.core.because(step.Edge)
	if step.Edge != "MountSecret" {
		step.Why = s.census.keyOf(m.group).String() + ": " + step.Why
	}
	if m.pod != absent {
		step.Pod = s.podName(m.group, m.pod)
	}
	return step
}

func (c *core) because(edge EdgeID) string {
	for i := range c.edges {
		if c.edges[i].ID == edge {
			return c.edges[i].because
		}
	}
	return ""
}
