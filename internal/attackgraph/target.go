package attackgraph

// target is what ways lead to: a question in a scope.
type target uint8

const (
	toAdmin target = iota
	toNode
	toAllNewPods
	toNewPods
	toStaticPods
	toAllPods
	toPods
	toPod
	toAllSecrets
	toSecrets
	toSecret
	targets
)

// hubs are those that a target stands for, in the whole cluster or in a namespace.
func (t target) hubs() []int32 {
	switch t {
	case toAllNewPods, toNewPods:
		return []int32{newPodsHub}
	case toAllPods, toPods:
		return []int32{podsHub, newPodsHub, accountsHub, stolenHub}
	case toAllSecrets, toSecrets:
		return []int32{secretsHub}
	default:
		return nil
	}
}

// eachTarget visits the targets that a vertex is an end of, with what is left to do there: nothing, or one step that no arc
// stands for, to the first Secret of a pod or of a node.
func (s *Solution) eachTarget(v int32, visit func(t target, left cost)) {
	c := s.core
	switch {
	case v == adminVertex:
		visit(toAdmin, 0)
	case v == allNodesVertex, v == someNodeVertex:
		visit(toNode, 0)
	case v == staticPodsVertex:
		visit(toStaticPods, 0)
	case v < singles:
	case v < c.firstNode():
		s.hubTargets(v, visit)
	case c.isNode(v):
		visit(toNode, 0)
		visit(toPod, 0)
	case v >= c.firstObject():
		switch c.objects[v-c.firstObject()].Kind {
		case KindPod:
			visit(toPod, 0)
		case KindSecret:
			visit(toSecret, 0)
		default:
		}
	}
	if s.mounts[v].workload != absent {
		visit(toSecret, oneStep)
	}
}

// hubTargets: code in the pods of others, new ones, and acting as they do are one class (PODEXEC, PODNEW and IDENT).
func (s *Solution) hubTargets(v int32, visit func(t target, left cost)) {
	in := target(0)
	if s.core.namespaceOf(v) != absent {
		in = 1
	}
	switch s.core.hubOf(v) {
	case newPodsHub:
		visit(toAllNewPods+in, 0)
		visit(toAllPods+in, 0)
	case podsHub, accountsHub, stolenHub:
		visit(toAllPods+in, 0)
	case secretsHub:
		visit(toAllSecrets+in, 0)
	}
}

// ends are the ends of every target.
func (s *Solution) ends() (ends [targets][]queued) {
	for v := range int32(s.core.size()) {
		if s.core.inStart[v] < s.core.inStart[v+1] || s.mounts[v].workload != absent {
			s.eachTarget(v, func(t target, left cost) { ends[t] = append(ends[t], queued{vertex: v, cost: left}) })
		}
	}
	return ends
}
