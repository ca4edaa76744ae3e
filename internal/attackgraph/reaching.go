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
	r.plain = s.core.waysTo(r.ends, q)
	r.stealing = r.plain
	if s.core.steals() {
		r.stealing = s.core.stealingWays(r.plain, r.ends, q)
	}
	type reacher struct {
		workload int32
		cost     cost
	}
	var found []reacher
	for i := range int32(len(s.state.workloads)) {
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

// waysOf are the ways that hold for a workload, nil where it leads nowhere but to its own Secrets.
func (r *reaching) waysOf(workload int32) *ways {
	switch at := r.resultAt[workload]; {
	case at == absent:
		return nil
	case r.results[at].stealing:
		return r.stealing
	default:
		return r.plain
	}
}

func (r *reaching) costFrom(workload int32) cost {
	if w := r.waysOf(workload); w != nil {
		return w.costs[r.core.vertexOf[workload]]
	}
	if r.mountOf(workload).group != absent {
		return oneStep
	}
	return unreachable
}

// pathFrom follows the way of a workload to the target.
func (r *reaching) pathFrom(workload int32) Path {
	w := r.waysOf(workload)
	if w == nil {
		return Path{r.stepTo(Vertex{KindWorkload, r.state.workloads[workload].key}, r.mountOf(workload), r.target)}
	}
	start := r.core.vertexOf[workload]
	arcs, end := w.follow(r.core, start, w == r.stealing)
	path := r.describe(start, arcs, false)
	last, ok := r.last[end]
	if !ok || w.costs[end] == 0 {
		return path
	}
	from := r.core.vertex(end)
	if last.intoPod {
		to := Vertex{KindWorkload, r.census.keyOf(last.group)}
		path = append(path, Step{From: from, Edge: "PodInScope", To: to, Why: r.core.because("PodInScope")})
		from = to
	}
	return append(path, r.stepTo(from, last.mount, r.target))
}

// mountOf is the group of a workload that mounts the target, absent where there is none.
func (r *reaching) mountOf(workload int32) mount {
	if r.target.Kind == KindSecret && r.state.workloads[workload].key.Namespace == r.target.Object.Namespace {
		for i := r.census.groupsOf[workload]; i < r.census.groupsOf[workload+1]; i++ {
			if slices.Contains(r.census.groups[i].mounted.names, r.target.Object.Name) {
				return mount{i, absent}
			}
		}
	}
	return mount{absent, absent}
}
