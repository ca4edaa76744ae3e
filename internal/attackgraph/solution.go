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
	results         []result // by workload
	census          *census
	seed            maphash.Seed
	explorers       sync.Pool // of *explorer
}

// searches are the ways to every target.
type searches struct {
	ways     [targets]*ways
	hops     *hops
	stealing bool
}

// result is what is kept of a workload's answers; the rest is looked up.
type result struct {
	vertex            int32 // absent where it leads nowhere
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
	s := &Solution{
		state: state, core: draw(state, g.edges), census: newCensus(state), seed: g.permissions.seed,
		results: make([]result, len(state.workloads)),
	}
	g.mu.Lock()
	g.arcs, g.reasons = len(s.core.arcs), len(s.core.reasons)
	g.mu.Unlock()
	s.noteMounts()
	q, ends := &queue{}, s.ends()
	s.plain = s.search(&ends, false, q)
	s.stealing = s.plain
	if s.core.stealing {
		s.stealing = s.search(&ends, true, q)
	}
	for i := range s.results {
		r := &s.results[i]
		r.vertex = s.core.vertexOf[i]
		r.stealing = r.vertex != absent && s.core.stealing && s.plain.ways[toNode].costs[r.vertex] != unreachable
	}
	s.countAll()
	s.digestAll()
	return s
}

func (s *Solution) search(ends *[targets][]queued, stealing bool, q *queue) *searches {
	found := &searches{stealing: stealing}
	for t := range targets {
		found.ways[t] = s.core.waysTo(ends[t], stealing, q)
	}
	found.hops = s.core.hopsOf(stealing, q)
	return found
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
		workload int
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
		if r.vertex == absent {
			r.certain = s.state.workloads[i].ownSecrets()
			r.possible = r.certain
			continue
		}
		by := possible[0]
		if r.stealing {
			by = possible[1]
		}
		r.certainSet, r.possibleSet = certain.from(r.vertex), by.from(r.vertex)
		add(r.certainSet, use{i, &r.certain})
		add(r.possibleSet, use{i, &r.possible})
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
	var changed []Key
	var old []*workload
	if earlier != nil {
		old = earlier.state.workloads
	}
	at := 0
	for i, w := range s.state.workloads {
		same := at < len(old) && old[at] == w // The record is the same: so is the key.
		if !same {
			for at < len(old) && old[at].key.Compare(w.key) < 0 {
				at++
			}
			same = at < len(old) && old[at].key == w.key
		}
		if !same || earlier.results[at].digest != s.results[i].digest {
			changed = append(changed, w.key)
		}
		if same {
			at++
		}
	}
	return changed
}
