package attackgraph

import (
	"cmp"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Reacher is a workload that reaches a target.
type Reacher struct {
	Workload Key
	Verdict  finding.Verdict // Yes or Conditional
	Path     Path
}

// Reaching lists the workloads that reach a target, the nearest first: cluster-admin, a node, or a Secret, where the way may
// end at all Secrets of its namespace. For other targets it lists none.
func (s *Solution) Reaching(target Vertex) []Reacher {
	r := &reaching{Solution: s, target: target, last: make(map[int32]lastSteps)}
	if !r.findEnds() {
		return nil
	}
	q := &queue{}
	r.plain = s.core.waysTo(r.ends, false, q)
	r.stealing = r.plain
	if s.core.stealing {
		r.stealing = s.core.waysTo(r.ends, true, q)
	}
	type reacher struct {
		workload int
		cost     cost
	}
	var found []reacher
	for i := range s.results {
		if cost := r.costFrom(i); cost != unreachable {
			found = append(found, reacher{i, cost})
		}
	}
	slices.SortStableFunc(found, func(a, b reacher) int { return cmp.Compare(a.cost, b.cost) })
	reachers := make([]Reacher, len(found))
	for i, f := range found {
		reachers[i] = Reacher{s.state.workloads[f.workload].key, f.cost.verdict(), r.pathFrom(f.workload)}
	}
	return reachers
}

// reaching is a search for who reaches a target.
type reaching struct {
	*Solution
	target          Vertex
	ends            []queued
	last            map[int32]lastSteps
	plain, stealing *ways
}

// lastSteps are those for which there are no arcs: to a Secret that a group needs, or into one of its pods and from there.
type lastSteps struct {
	mount
	intoPod bool
}

// findEnds notes the vertices from which the target is no further step, or one or two of lastSteps.
func (r *reaching) findEnds() bool {
	c := r.core
	end := func(v int32, cost cost) { r.ends = append(r.ends, queued{vertex: v, cost: cost}) }
	switch r.target.Kind {
	case KindClusterAdmin, KindNode:
		if v, ok := c.find(r.target); ok {
			end(v, 0)
		}
		return len(r.ends) > 0
	case KindSecret:
	default:
		return false
	}
	end(c.hub(secretsHub, absent), 0)
	if v, ok := c.find(Vertex{KindSecrets, Key{Namespace: r.target.Object.Namespace}}); ok {
		end(v, 0)
	}
	if v, ok := c.objectAt[r.target]; ok {
		end(v, 0)
	}
	r.eachMount(r.target, func(v int32, m mount, intoPod bool) {
		if _, ok := r.last[v]; ok {
			return
		}
		r.last[v] = lastSteps{m, intoPod}
		if intoPod {
			end(v, 2*oneStep)
		} else {
			end(v, oneStep)
		}
	})
	return true
}

func (r *reaching) waysOf(workload int) *ways {
	if r.results[workload].stealing {
		return r.stealing
	}
	return r.plain
}

func (r *reaching) costFrom(workload int) cost {
	switch v := r.results[workload].vertex; {
	case v != absent:
		return r.waysOf(workload).costs[v]
	case r.mountOf(workload, r.target) != nil:
		return oneStep
	default:
		return unreachable
	}
}

// pathFrom follows the way of a workload to the target.
func (r *reaching) pathFrom(workload int) Path {
	at := r.results[workload].vertex
	if at == absent {
		return Path{r.stepTo(Vertex{KindWorkload, r.state.workloads[workload].key}, *r.mountOf(workload, r.target), r.target)}
	}
	var arcs []int32
	w, stealing := r.waysOf(workload), r.results[workload].stealing
	for i := w.step(r.core, at, stealing); i != noArc; i = w.step(r.core, at, stealing) {
		arcs, at = append(arcs, i), r.core.arcs[i].to
	}
	path := r.describe(r.results[workload].vertex, arcs, false)
	last, ok := r.last[at]
	if !ok || w.costs[at] == 0 {
		return path
	}
	from := r.core.vertex(at)
	if last.intoPod {
		to := Vertex{KindWorkload, r.state.workloads[last.workload].key}
		path = append(path, Step{From: from, Edge: "PodInScope", To: to, Why: r.core.because("PodInScope")})
		from = to
	}
	return append(path, r.stepTo(from, last.mount, r.target))
}

// mountOf is the group of a workload that mounts a Secret, nil where there is none.
func (s *Solution) mountOf(workload int, target Vertex) *mount {
	w := s.state.workloads[workload]
	if target.Kind != KindSecret || w.key.Namespace != target.Object.Namespace {
		return nil
	}
	for j := range w.groups {
		if slices.Contains(w.groups[j].mounted.names, target.Object.Name) {
			return &mount{int32(workload), int32(j), absent}
		}
	}
	return nil
}
