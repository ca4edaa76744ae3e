package attackgraph

import (
	"hash/maphash"

	"github.com/daysix/daysix/internal/finding"
)

// digester makes the digests by which solutions of one graph are compared: sums of what a report shows of the answers.
type digester struct {
	*Solution
	conditions []uint64
	// arcs are sums, 0 where nobody has asked yet.
	arcs []uint64
	// tails are the sums of the ways to a target, by the vertex that they start from.
	tails map[*ways][]uint64
	// spaces are the sums of the namespaces of a set that an answer lists.
	spaces map[spacesOf]uint64
}

type spacesOf struct {
	set *reach
	target
}

func (s *Solution) digestAll() {
	d := &digester{
		Solution: s, arcs: make([]uint64, len(s.core.arcs)),
		conditions: make([]uint64, len(s.core.conditions)), tails: make(map[*ways][]uint64), spaces: make(map[spacesOf]uint64),
	}
	for i, condition := range s.core.conditions {
		d.conditions[i] = d.text(condition)
	}
	for i := range s.results {
		s.results[i].digest = d.digest(&s.results[i])
	}
}

// mix adds to a sum; the order counts.
func mix(sum, with uint64) uint64 {
	sum = (sum ^ with) * 0x9e3779b97f4a7c15
	return sum ^ sum>>29
}

func (d *digester) text(s string) uint64 { return maphash.String(d.seed, s) }

// summary are the sums of all parts of the answers for a workload.
type summary struct {
	certain, possible [4]int // buckets
	ownNodes          int    // bucket
	note              uint64
	admin, node, hop  uint64 // ways
	wide              [3]wideSummary
}

// wideSummary is about an answer that has a scope.
type wideSummary struct {
	widest, nearest       int
	wideTail, tail, names uint64
}

func (s *summary) sum() uint64 {
	sum := mix(mix(mix(mix(uint64(s.ownNodes), s.note), s.admin), s.node), s.hop)
	for i := range s.certain {
		sum = mix(mix(sum, uint64(s.certain[i])), uint64(s.possible[i]))
	}
	for _, w := range s.wide {
		sum = mix(mix(mix(mix(mix(sum, uint64(w.widest)), uint64(w.nearest)), w.wideTail), w.tail), w.names)
	}
	return sum
}

// aloneDigest is that of a workload which leads nowhere but to its own Secrets.
func (w *workload) aloneDigest(seed maphash.Seed) uint64 {
	s := summary{certain: w.ownSecrets().buckets(), possible: w.ownSecrets().buckets(), note: maphash.String(seed, w.note)}
	if of := w.firstSecret(); of != "" {
		secret := Key{Namespace: w.key.Namespace, Name: of}
		tail := mountDigest(seed, mountSecret().because, Vertex{KindSecret, secret})
		s.wide[2] = wideSummary{widest: 2, nearest: 2, wideTail: tail, tail: tail}
	}
	return s.sum()
}

// mountDigest sums up a last step to a Secret.
func mountDigest(seed maphash.Seed, why string, secret Vertex) uint64 {
	return mix(maphash.String(seed, why), maphash.Comparable(seed, secret)) | 1
}

// digest sums up the answers for a workload.
func (d *digester) digest(r *result) uint64 {
	found, w := d.searchesOf(r), d.state.workloads[r.workload]
	s := summary{
		certain: r.certain.buckets(), possible: r.possible.buckets(), ownNodes: bucket(w.ownNodes), note: d.text(w.note),
		admin: d.tail(found, toAdmin, r.vertex), node: d.tail(found, toNode, r.vertex), hop: d.hop(found, r.workload, r.vertex),
	}
	for i, q := range [...]widening{creatingPods(), controllingPods(), readingSecrets()} {
		widest, nearest, _ := q.choose(func(t target) cost { return found.ways[t].costs[r.vertex] })
		s.wide[i] = wideSummary{
			widest: widest, nearest: nearest,
			wideTail: d.tail(found, q[widest], r.vertex), tail: d.tail(found, q[nearest], r.vertex),
		}
		if scopes()[widest] == ScopeNamespace {
			s.wide[i].names = d.namespaces(found, q[widest], r)
		}
	}
	return s.sum()
}

// tail sums up the way from a vertex to a target; 0 where there is none.
func (d *digester) tail(found *searches, t target, v int32) uint64 {
	w := found.ways[t]
	if w.costs[v] == unreachable {
		return 0
	}
	known := d.tails[w]
	if known == nil {
		known = make([]uint64, d.core.size())
		d.tails[w] = known
	}
	if known[v] == 0 {
		sum := uint64(1)
		if i := w.step(d.core, v, found.stealing); i != noArc {
			sum = mix(d.arc(i), d.tail(found, t, d.core.arcs[i].to))
		} else if w.costs[v] == oneStep {
			step := d.mounted(d.core.vertex(v), d.mounts[v])
			sum = mountDigest(d.seed, step.Why, step.To)
		}
		known[v] = sum | 1
	}
	return known[v]
}

// hop sums up the way to another node.
func (d *digester) hop(found *searches, workload, v int32) uint64 {
	i, _, except := d.firstHop(found, workload, v)
	var sum uint64
	for i != noArc {
		sum = mix(sum, d.arc(i))
		i = found.hops.step(d.core, d.core.arcs[i].to, except, found.stealing)
	}
	return sum
}

// arc sums up a step, but for the pod that happens to make it possible.
func (d *digester) arc(i int32) uint64 {
	if d.arcs[i] == 0 {
		a := &d.core.arcs[i]
		sum := mix(uint64(a.edge)+1, d.conditions[a.condition])
		switch why, way := d.core.reasons[a.reason], d.core.edges[a.edge].way; {
		case why.effect != 0:
			sum = mix(sum, d.core.effects[why.effect-1].digest)
		case way != nil:
			sum = mix(sum, way(d.census.groups[why.group-1].group).digest)
		case why.group != 0:
			sum = mix(sum, d.state.workloads[d.census.groups[why.group-1].workload].digest)
		}
		d.arcs[i] = mix(sum, d.vertex(a.to)) | 1
	}
	return d.arcs[i]
}

// vertex takes the digest of the record, where the vertex has one.
func (d *digester) vertex(v int32) uint64 {
	c := d.core
	switch nodes := int32(len(d.state.nodes)); {
	case v >= c.firstNode() && v < c.account(0):
		return mix(uint64((v-c.firstNode())/nodes), d.state.nodes[(v-c.firstNode())%nodes].digest)
	case c.isAccount(v):
		return d.state.accounts[v-c.account(0)].digest
	default:
		return maphash.Comparable(d.seed, c.vertex(v))
	}
}

// namespaces sums up those that the answer lists.
func (d *digester) namespaces(found *searches, t target, r *result) uint64 {
	key := spacesOf{r.certainSet, t}
	if found.ways[t].costs[r.vertex].verdict() == finding.Conditional {
		key.set = r.possibleSet
	}
	sum, ok := d.spaces[key]
	if !ok {
		for _, name := range d.namespacesIn(key.set, t) {
			sum = mix(sum, d.text(name))
		}
		d.spaces[key] = sum
	}
	return sum
}
