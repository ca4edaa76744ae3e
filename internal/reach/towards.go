package reach

import (
	"cmp"
	"math"
	"slices"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// towards asks who gets to a target: by itself, as the rights and fields of the workload say, or over others, as the attack
// graph says.
type towards struct {
	*Finder
	reachers map[attackgraph.Key]*attackgraph.Reacher
	// order is the place of a workload among those that get there, the nearest first.
	order map[attackgraph.Key]int
	// placeless are those that get to the node of a pod that has none yet.
	placeless map[attackgraph.Key]bool
	unplaced  int
}

// beyond is the place of those of which no way is known.
const beyond = math.MaxInt

func (f *Finder) towards(target attackgraph.Vertex) *towards {
	t := &towards{
		Finder: f, reachers: make(map[attackgraph.Key]*attackgraph.Reacher), order: make(map[attackgraph.Key]int),
		placeless: make(map[attackgraph.Key]bool),
	}
	all := f.Engine.Solution().Reaching(target)
	for i := range all {
		t.reachers[all[i].Workload], t.order[all[i].Workload] = &all[i], i
	}
	if target.Kind == attackgraph.KindNode {
		for _, r := range f.Engine.Solution().Reaching(attackgraph.Vertex{Kind: attackgraph.KindNode}) {
			t.placeless[r.Workload] = true
		}
	}
	return t
}

// rows are those of a workload that gets to the target, with the way of the graph where it is as certain as the answer.
func (t *towards) rows(view *snapshot.View, q *Question) []Row {
	key := attackgraph.Key(view.Workload.Key)
	reacher := t.reachers[key]
	rows := t.direct(view, q)
	if reacher == nil {
		if t.placeless[key] {
			t.unplaced++
		}
		for i := range rows {
			rows[i].near = beyond
		}
		return rows
	}
	if len(rows) == 0 {
		row := t.rowOfPods(view)
		row.Answer, row.Condition = reacher.Verdict, conditionOf(reacher)
		rows = []Row{row}
	}
	for i := range rows {
		row := &rows[i]
		row.near = beyond
		if reacher.Verdict == finding.Yes {
			row.Answer, row.Condition = finding.Yes, ""
		}
		if row.Answer == reacher.Verdict {
			row.Path, row.near = steps(reacher.Path), t.order[key]
		}
	}
	return rows
}

// direct are the rows of a workload that gets there by itself.
func (t *towards) direct(view *snapshot.View, q *Question) []Row {
	switch q.target.Kind {
	case attackgraph.KindSecret:
		return t.requesters(view, q)
	case attackgraph.KindClusterAdmin:
		return t.admins(view)
	default:
		return nil
	}
}

// admins is the row of a workload whose assessment says that it becomes cluster-admin, or may.
func (t *towards) admins(view *snapshot.View) []Row {
	assessment := t.Engine.Assess(view.Workload.Key)
	if assessment == nil {
		return nil
	}
	at := slices.IndexFunc(assessment.Answers, func(a finding.Answer) bool { return a.Question == finding.BecomeClusterAdmin })
	if at < 0 {
		return nil
	}
	answer := &assessment.Answers[at]
	if answer.Verdict != finding.Yes && answer.Verdict != finding.Conditional {
		return nil
	}
	row := t.rowOfPods(view)
	row.Answer = answer.Verdict
	if answer.Verdict == finding.Conditional {
		row.Condition = answer.Summary
	}
	for _, e := range answer.Evidence {
		if !isWay(assessment, e.Check) {
			row.Through = append(row.Through, Way{Check: e.Check, Field: e.Field, Value: e.Value})
		}
	}
	return []Row{row}
}

// isWay tells whether what was found is a way of the graph, which the path shows.
func isWay(a *assess.Assessment, check finding.CheckID) bool {
	return check == "" || slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Check == check && f.Hops > 0 })
}

// rowOfPods is the row of a workload with the ServiceAccount that its pods run as.
func (t *towards) rowOfPods(view *snapshot.View) Row {
	row := rowOf(view, "")
	groups := view.Subjects()
	for i := range groups {
		pod := assess.Subject(view, &groups[i], t.Settings)
		row.ServiceAccount = cmp.Or(row.ServiceAccount, snapshot.ServiceAccountName(pod.Spec))
		for _, identity := range pod.Identities() {
			if identity.ServiceAccount == row.ServiceAccount {
				row.hold(identity.Secret)
			}
		}
	}
	return row
}

// conditionOf is the first condition of a way that is not certain.
func conditionOf(r *attackgraph.Reacher) string {
	if conditions := r.Path.Conditions(); len(conditions) > 0 {
		return conditions[0]
	}
	return ""
}

func steps(path attackgraph.Path) []Step {
	out := make([]Step, 0, len(path))
	for i := range path {
		s := &path[i]
		out = append(out, Step{
			Edge: s.Edge, From: s.From.String(), To: s.To.String(), Why: s.Why, Condition: s.Condition, Pod: s.Pod,
		})
	}
	return out
}

// sortRows puts certain answers before conditional ones, and then the nearest first.
func sortRows(rows []Row) {
	uncertain := func(r *Row) int {
		if r.Answer == finding.Yes {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(uncertain(&a), uncertain(&b)), cmp.Compare(a.near, b.near))
	})
}
