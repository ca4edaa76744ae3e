package attackgraph

// path follows the shortest way from a vertex to a target.
func (s *Solution) path(found *searches, t target, v int32) Path {
	w := found.ways[t]
	if w.costs[v] == unreachable {
		return nil
	}
	var arcs []int32
	at := v
	for i := w.step(s.core, at, found.stealing); i != noArc; i = w.step(s.core, at, found.stealing) {
		arcs, at = append(arcs, i), s.core.arcs[i].to
	}
	return s.describe(v, arcs, w.costs[at] == oneStep)
}

// hop follows the shortest way from a workload to another node than that of its pod.
func (s *Solution) hop(found *searches, workload int, v int32) Path {
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
func (s *Solution) firstHop(found *searches, workload int, v int32) (arc int32, best cost, except int32) {
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
func (s *Solution) onlyNode(workload int) (v int32, placed bool) {
	v = absent
	w := s.state.workloads[workload]
	for i := range w.groups {
		for _, n := range w.groups[i].podNodes {
			if n == noNode {
				continue
			}
			at := s.core.node(s.state.nodeAt[n])
			if placed && at != v {
				return absent, true
			}
			v, placed = at, true
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
	why := &s.core.reasons[a.reason]
	step := Step{
		From: s.core.vertex(from), Edge: s.core.edges[a.edge].ID, To: s.core.vertex(a.to),
		Why: s.core.edges[a.edge].because, Condition: s.core.conditions[a.condition],
	}
	switch {
	case why.effect != nil:
		step.Why = why.effect.Why
	case why.way != nil:
		step.Why = why.way.Why
	case why.workload != 0:
		step.Why = s.state.workloads[why.workload-1].key.String() + ": " + step.Why
	}
	if why.pod != 0 {
		step.Pod = s.state.podName(why.workload-1, why.group-1, why.pod-1)
	}
	return step
}

func (s *state) podName(workload, group, pod int32) string {
	w := s.workloads[workload]
	return w.key.Namespace + "/" + w.groups[group].podNames[pod]
}

// mounted is the step to the first Secret of a pod or of a node.
func (s *Solution) mounted(from Vertex, m mount) Step {
	w := s.state.workloads[m.workload]
	names := w.groups[m.group].mounted.names
	if len(names) == 0 {
		names = w.groups[m.group].fetched.names
	}
	return s.stepTo(from, m, Vertex{KindSecret, Key{Namespace: w.key.Namespace, Name: names[0]}})
}

// stepTo is the step to a Secret that a group refers to.
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
		step.Why = s.state.workloads[m.workload].key.String() + ": " + step.Why
	}
	if m.pod != absent {
		step.Pod = s.state.podName(m.workload, m.group, m.pod)
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
