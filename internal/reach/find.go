package reach

import (
	"maps"
	"slices"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// conditionToken is what the ways by rights rest on where no token is in reach.
const conditionToken = "No container holds a token of the ServiceAccount."

// Finder asks the workloads of a cluster.
type Finder struct {
	Snapshot *snapshot.Snapshot
	Grants   *rbac.Index
	Settings posture.Settings
	// Engine has solved the attack graph. Only questions with a target ask it.
	Engine *assess.Engine
	// Excludes tells the namespaces whose workloads are left out.
	Excludes func(namespace string) bool
	// WithoutToken lists also those whose ServiceAccount may do it, and whose pods hold no token of it.
	WithoutToken bool
}

// Find answers a question. excluded counts the workloads that were left out.
func (f *Finder) Find(q Question) (result *Result, excluded int) {
	result = &Result{Question: q, Workloads: []Row{}}
	rowsOf := f.requesters
	var t *towards
	if q.To != "" {
		t = f.towards(q.target)
		rowsOf = t.rows
	}
	for _, key := range f.Snapshot.Workloads() {
		if f.Excludes(key.Namespace) {
			excluded++
			continue
		}
		if view, ok := f.Snapshot.View(key); ok {
			result.Workloads = append(result.Workloads, rowsOf(&view, &q)...)
			if f.untold(&view) {
				result.Untold++
			}
		}
	}
	if t != nil {
		sortRows(result.Workloads)
		result.Unplaced = t.unplaced
	}
	return result, excluded
}

// untold tells whether pods of a workload have a Secret of which it is not known whether it is a token.
func (f *Finder) untold(view *snapshot.View) bool {
	groups := view.Subjects()
	return slices.ContainsFunc(groups, func(g snapshot.Group) bool {
		return assess.Subject(view, &g, f.Settings).UntoldSecret() != nil
	})
}

func rowOf(view *snapshot.View, account string) Row {
	w := &view.Workload
	return Row{
		Namespace: w.Key.Namespace, Workload: Workload{APIVersion: w.APIVersion, Kind: w.Key.Kind, Name: w.Key.Name},
		ServiceAccount: account, Answer: finding.Yes, Through: []Way{},
	}
}

// requesters are the ServiceAccounts of a workload that may make a request, or whose pods hold what it would read. One
// whose token the pods have from a Secret is among them.
func (f *Finder) requesters(view *snapshot.View, q *Question) []Row {
	rows := make(map[string]*Row)
	of := func(account string) *Row {
		if rows[account] == nil {
			row := rowOf(view, account)
			rows[account] = &row
		}
		return rows[account]
	}
	groups := view.Subjects()
	for i := range groups {
		pod := assess.Subject(view, &groups[i], f.Settings)
		for _, identity := range pod.Identities() {
			of(identity.ServiceAccount).hold(identity.Secret)
		}
		row := of(snapshot.ServiceAccountName(pod.Spec))
		for _, way := range q.held(pod) {
			if !slices.ContainsFunc(row.Through, func(w Way) bool { return w.Field == way.Field }) {
				row.Through = append(row.Through, way)
			}
		}
	}
	var able []Row
	for _, account := range slices.Sorted(maps.Keys(rows)) {
		row := rows[account]
		if row.Token || f.WithoutToken {
			rights := f.Grants.Resolve(rbac.ServiceAccount(row.Namespace, account))
			granted := q.granted(&rights)
			if len(row.Through) == 0 && !row.Token {
				row.Answer, row.Condition = finding.Conditional, conditionToken
			}
			row.Through = append(granted, row.Through...)
		}
		if len(row.Through) > 0 {
			able = append(able, *row)
		}
	}
	return able
}

// held are the places of a pod that hand a container the Secret that the question is about.
func (q *Question) held(pod *posture.Pod) []Way {
	if q.target.Kind != attackgraph.KindSecret || pod.Namespace != q.target.Object.Namespace {
		return nil
	}
	var ways []Way
	for i := range pod.Secrets {
		if s := &pod.Secrets[i]; s.Secret == q.target.Object.Name && s.Source != posture.SecretFromProvider {
			ways = append(ways, Way{Field: s.Field})
		}
	}
	return ways
}
