package attackgraph

import (
	"hash/maphash"
	"sync"
)

// Solution are the answers for the workloads of a graph at one moment. It is immutable, safe for concurrent use, and
// shares nothing with the graph that changes.
type Solution struct {
	state *state
	core  *core
	// mounts are the first Secrets that are read at a vertex without an edge drawn for them.
	mounts []mount
	// plain are the ways of workloads that control no node, stealing those of the others; the same where no edge asks.
	plain, stealing *searches
	counted         *counted
	// results are those of the workloads that lead somewhere, resultAt their places by workload, absent for the others.
	results   []result
	resultAt  []int32
	census    *census
	seed      maphash.Seed
	explorers sync.Pool // of *explorer
}

// searches are the ways to every target.
type searches struct {
	ways     [targets]*ways
	hops     *hops
	stealing bool
}

// result is what is kept of a workload's answers; the rest is looked up.
type result struct {
	workload, vertex  int32
	stealing          bool
	certain, possible Reached
	// certainSet and possibleSet are what is reached.
	certainSet, possibleSet *reach
	// digest is equal for equal answers, as far as a report shows them.
	digest uint64
}

// Solve draws the graph as it is now and finds all answers.
func (g *Graph) Solve() *Solution {
	state := g.state()
	census := newCensus(state, state.census)
	state.census = nil // Or every solution would keep the one before it.
	s := &Solution{
		state: state, census: census, core: draw(census, g.edges), seed: g.permissions.seed, resultAt: absences(len(state.workloads)),
	}
	g.mu.Lock()
	g.arcs, g.reasons, g.census = len(s.core.arcs), len(s.core.reasons), census
	g.mu.Unlock()
	s.noteMounts()
	s.search()
	for i, v := range s.core.vertexOf {
		if v != absent {
			s.resultAt[i] = int32(len(s.results))
			s.results = append(s.results, result{
				workload: int32(i), vertex: v, stealing: s.core.steals() && s.plain.ways[toNode].costs[v] != unreachable,
			})
		}
	}
	s.countAll()
	s.digestAll()
	return s
}

func (s *Solution) search() {
	q, ends := &queue{}, s.ends()
	s.plain = &searches{hops: s.core.hopsOf(nil, q)}
	for t := range targets {
		s.plain.ways[t] = s.core.waysTo(ends[t], q)
	}
	s.stealing = s.plain
	if s.core.steals() {
		s.stealing = &searches{hops: s.core.hopsOf(s.plain.hops, q), stealing: true}
		for t := range targets {
			s.stealing.ways[t] = s.core.stealingWays(s.plain.ways[t], ends[t], q)
		}
	}
}

// searchesOf are those that hold for a workload.
func (s *Solution) searchesOf(r *result) *searches {
	if r.stealing {
		return s.stealing
	}
	return s.plain
}

// countAll counts what every workload reaches. Those that reach the same share the count.
func (s *Solution) countAll() {
	s.counted = newCounted(s.core)
	shared := newSetTable()
	certain := newReaches(s.core, s.counted, shared, s.plain, true)
	possible := [2]*reaches{newReaches(s.core, s.counted, shared, s.plain, false), newReaches(s.core, s.counted, shared, s.stealing, false)}
	type use struct {
		workload int32
		reached  *Reached
	}
	uses, order := make(map[*reach][]use), []*reach(nil)
	add := func(set *reach, u use) {
		if _, ok := uses[set]; !ok {
			order = append(order, set)
		}
		uses[set] = append(uses[set], u)
	}
	for i := range s.results {
		r := &s.results[i]
		by := possible[0]
		if r.stealing {
			by = possible[1]
		}
		r.certainSet, r.possibleSet = certain.from(r.vertex), by.from(r.vertex)
		add(r.certainSet, use{r.workload, &r.certain})
		add(r.possibleSet, use{r.workload, &r.possible})
	}
	k := newCounter(s.core, s.counted, s.census)
	for _, set := range order {
		k.count(set, set == shared.everything)
		for _, u := range uses[set] {
			*u.reached = k.reached(u.workload)
		}
	}
}

// ownSecrets is what a workload reaches that leads nowhere.
func (w *workload) ownSecrets() Reached {
	return Reached{Secrets: len(w.secrets), Namespaces: min(len(w.secrets), 1)}
}

// Workloads lists the workloads by key.
func (s *Solution) Workloads() []Key {
	keys := make([]Key, len(s.state.workloads))
	for i, w := range s.state.workloads {
		keys[i] = w.key
	}
	return keys
}

// Changed lists the workloads whose answers differ from those of an earlier solution of the same graph, or that were not in
// it, by key; nil stands for a solution without workloads. Counts differ where their buckets do, and a step that another
// pod makes possible is the same step.
func (s *Solution) Changed(earlier *Solution) []Key {
	if earlier == nil {
		return s.Workloads()
	}
	var changed []Key
	at := int32(0)
	for i, w := range s.state.workloads {
		at = earlier.state.skipTo(at, w)
		switch old := earlier.state.at(at); {
		case old == nil || (old != w && old.key != w.key):
			changed = append(changed, w.key)
			continue
		case old == w && earlier.resultAt[at] == absent && s.resultAt[i] == absent:
		case earlier.digestOf(at) != s.digestOf(int32(i)):
			changed = append(changed, w.key)
		}
		at++
	}
	return changed
}

func (s *Solution) digestOf(workload int32) uint64 {
	if at := s.resultAt[workload]; at != absent {
		return s.results[at].digest
	}
	return s.state.workloads[workload].alone
}
