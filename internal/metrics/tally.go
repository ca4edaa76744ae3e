package metrics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// tally is the board, counted.
type tally struct {
	namespaces map[string]*row
	unaccepted map[finding.Severity]int
	reaches    map[finding.Reach]int
	answers    map[answered]int
	findings   map[counted]int
	refused    map[refusal]int
	reasons    map[string]int
	workloads  int
	incomplete int
	// ranked are the workloads that have series, worst first.
	ranked []ranked
}

// row is a namespace.
type row struct {
	workloads              int
	severities             map[finding.Severity]int
	rootLike, clusterAdmin int
	pods                   map[restart.Verdict]int
	since, newer           time.Time
}

// refusal is a policy that refuses pods of a namespace.
type refusal struct {
	namespace string
	policy
}

// ranked is a workload among those of which only the first have series.
type ranked struct {
	key snapshot.Key
	Said
}

func newRow() *row {
	return &row{severities: map[finding.Severity]int{}, pods: map[restart.Verdict]int{}}
}

// tally counts the board, and ranks as many workloads as have series.
func (b *Board) tally(limit int) *tally {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t := &tally{
		namespaces: map[string]*row{}, unaccepted: map[finding.Severity]int{}, reaches: map[finding.Reach]int{},
		answers: map[answered]int{}, findings: maps.Clone(b.findings), refused: map[refusal]int{}, reasons: map[string]int{},
	}
	floor := b.floor(limit)
	for key, v := range b.verdicts {
		t.add(key.Namespace, &v)
		if v.Score >= floor {
			t.ranked = append(t.ranked, ranked{key, v.Said})
		}
	}
	slices.SortFunc(t.ranked, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), a.key.Compare(b.key))
	})
	t.ranked = t.ranked[:min(len(t.ranked), limit)]
	return t
}

// floor is the lowest score among the limit highest, so that only what may be among them has to be sorted.
func (b *Board) floor(limit int) int {
	scores := map[int]int{}
	for key := range b.verdicts {
		scores[b.verdicts[key].Score]++
	}
	above := 0
	for _, score := range slices.Backward(slices.Sorted(maps.Keys(scores))) {
		if above += scores[score]; above >= limit {
			return score
		}
	}
	return 0
}

func (t *tally) add(namespace string, v *verdict) {
	r := t.namespaces[namespace]
	if r == nil {
		r = newRow()
		t.namespaces[namespace] = r
	}
	t.workloads++
	r.add(v)
	t.unaccepted[v.Unaccepted]++
	t.reaches[v.reach]++
	for _, a := range v.answers {
		t.answers[a]++
	}
	if !v.complete {
		t.incomplete++
	}
	if v.restarts.reason != "" {
		t.reasons[v.restarts.reason]++
	}
	if denied := v.restarts.pods[restart.Denied]; denied > 0 {
		for _, p := range v.restarts.refusal {
			t.refused[refusal{namespace, p}] += denied
		}
	}
}

func (r *row) add(v *verdict) {
	r.workloads++
	r.severities[v.Severity]++
	if v.rootLike {
		r.rootLike++
	}
	if v.reachesClusterAdmin() {
		r.clusterAdmin++
	}
	for verdict, n := range v.restarts.pods {
		r.pods[verdict] += n
	}
	r.since, r.newer = earlier(r.since, v.restarts.since), earlier(r.newer, v.restarts.newer)
}

// join adds what another row counts.
func (r *row) join(o *row) {
	r.workloads += o.workloads
	for severity, n := range o.severities {
		r.severities[severity] += n
	}
	r.rootLike += o.rootLike
	r.clusterAdmin += o.clusterAdmin
	for verdict, n := range o.pods {
		r.pods[verdict] += n
	}
	r.since, r.newer = earlier(r.since, o.since), earlier(r.newer, o.newer)
}

// fold leaves the namespaces with the most workloads, the name breaks ties, and joins the others. It returns those.
func (t *tally) fold(limit int) (folded []*row) {
	names := make([]string, 0, len(t.namespaces))
	for name := range t.namespaces {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.namespaces[b].workloads, t.namespaces[a].workloads), cmp.Compare(a, b))
	})
	beyond := map[string]bool{}
	rest := newRow()
	for _, name := range names[min(len(names), max(limit, 0)):] {
		beyond[name] = true
		folded = append(folded, t.namespaces[name])
		rest.join(t.namespaces[name])
		delete(t.namespaces, name)
	}
	if len(folded) == 0 {
		return nil
	}
	// A namespace may have that very name.
	if same := t.namespaces[other]; same != nil {
		rest.join(same)
	}
	t.namespaces[other] = rest
	refused := make(map[refusal]int, len(t.refused))
	for r, n := range t.refused {
		if beyond[r.namespace] {
			r.namespace = other
		}
		refused[r] += n
	}
	t.refused = refused
	return folded
}

// count is how often something was counted.
type count[K comparable] struct {
	key K
	n   int
}

// largest keeps the first of the counts in the order that is given and adds up the others under the key rest. It returns how
// many it has added up. Only those that are kept are sorted: a name that a cluster chooses may make very many.
func largest[K comparable](counts map[K]int, limit int, rest K, order func(a, b count[K]) int) (kept map[K]int, beyond int) {
	first := make([]count[K], 0, limit+1)
	sum := 0
	for key, n := range counts {
		sum += n
		c := count[K]{key, n}
		if len(first) == limit && order(c, first[limit-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, c, order)
		first = slices.Insert(first, at, c)
		first = first[:min(len(first), limit)]
	}
	kept = make(map[K]int, limit+1)
	for _, c := range first {
		kept[c.key] = c.n
		sum -= c.n
	}
	if beyond = len(counts) - len(first); beyond > 0 {
		kept[rest] += sum
	}
	return kept, beyond
}
