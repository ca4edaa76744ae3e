package drain

import (
	"cmp"
	"maps"
	"slices"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/snapshot"
)

// Planner drains nodes on paper.
type Planner struct {
	Snapshot *snapshot.Snapshot
	Facts    *Facts
	Rules    *restart.Rules
	// Excludes tells the namespaces whose pods are left out.
	Excludes func(namespace string) bool
	// Judged is called after each workload; nil where nobody follows.
	Judged func()
}

// nodesKnown tells whether it is known what nodes there are. Files that hold any are taken to hold all.
func (p *Planner) nodesKnown() bool {
	state := p.Snapshot.State(snapshot.Nodes)
	return state == snapshot.Synced || state == snapshot.NotGiven && len(p.Facts.nodes) > 0
}

// Nodes lists the nodes that are known, by name: those that pods are on are among them, unless all nodes could be read.
func (p *Planner) Nodes() []string {
	names := make(map[string]bool)
	for name := range p.Facts.nodes {
		names[name] = true
	}
	if p.Snapshot.State(snapshot.Nodes) != snapshot.Synced {
		for _, pod := range p.Snapshot.Placed() {
			if pod.Node != "" {
				names[pod.Node] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Plan tells what becomes of every pod on the nodes, if all of them are drained.
func (p *Planner) Plan(nodes []string) *Result {
	nodes = slices.Compact(slices.Sorted(slices.Values(nodes)))
	d := &drain{
		Planner: p, all: p.Snapshot.Placed(), places: newPlaces(p.Facts, p.nodesKnown(), nodes),
		result: &Result{Nodes: nodes, Workloads: []Row{}, Budgets: []Budget{}, KubectlFlags: []string{}},
		flags:  make(map[string]bool),
	}
	byWorkload := make(map[snapshot.Key][]*snapshot.Placed)
	for i := range d.all {
		switch pod := &d.all[i]; {
		case !d.places.drained[pod.Node]:
		case p.Excludes != nil && p.Excludes(pod.Namespace):
			d.result.Excluded++
		case pod.Workload == snapshot.Key{}:
			d.ownerless(pod)
		default:
			byWorkload[pod.Workload] = append(byWorkload[pod.Workload], pod)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(byWorkload), snapshot.Key.Compare) {
		d.workload(key, byWorkload[key])
		if p.Judged != nil {
			p.Judged()
		}
	}
	return d.finish()
}

// drain works on one question.
type drain struct {
	*Planner

	all       []snapshot.Placed
	places    *places
	result    *Result
	evictions []eviction
	flags     map[string]bool
}

// ownerless is a pod that names a controller which was not found. Who it was is not known: a pod is its own workload here.
func (d *drain) ownerless(pod *snapshot.Placed) {
	row := Row{
		Namespace: pod.Namespace, Workload: Workload{APIVersion: "v1", Kind: "Pod", Name: pod.Name},
		Fate: Unknown, Reason: ReasonOwnerNotFound, Message: "Its controller was not found: perhaps nobody creates the pod again.",
		Running: 1,
	}
	if pod.Terminating {
		row.Fate, row.Reason, row.Message, row.Running = Terminating, "", "", 0
	}
	d.add(&row, pod, nil)
	d.result.Workloads = append(d.result.Workloads, row)
}

// workload adds the rows of a workload with pods on the nodes.
func (d *drain) workload(key snapshot.Key, pods []*snapshot.Placed) {
	view, ok := d.Snapshot.View(key)
	if !ok {
		return // Nobody changes the snapshot meanwhile.
	}
	here := make(map[string]*snapshot.Placed, len(pods))
	for _, pod := range pods {
		here[pod.Name] = pod
	}
	var rows []Row
	for _, group := range d.alike(&view, here) {
		row := group.row(&view)
		for _, r := range group.replacements {
			for _, name := range r.Pods {
				d.add(&row, here[name], d.noPlace(row.Fate, here[name], &r))
				delete(here, name)
			}
		}
		rows = append(rows, row)
	}
	if len(here) > 0 { // What the view has no replacement for is on its way out.
		row := newRow(&view)
		row.Fate = Terminating
		for _, name := range slices.Sorted(maps.Keys(here)) {
			d.add(&row, here[name], nil)
		}
		rows = append(rows, row)
	}
	leaving := 0
	for i := range rows {
		if rows[i].Fate.evicted() {
			leaving += len(rows[i].Pods)
		}
	}
	for i := range rows {
		rows[i].Left = rows[i].Running - leaving
	}
	d.result.Workloads = append(d.result.Workloads, rows...)
}

// group are replacements of which the verdict is that of each of them.
type group struct {
	replacements []snapshot.Replacement
	verdict      restart.Restart
}

// alike puts together the replacements of the pods on the nodes on which the verdict is the same, for the same reason.
func (d *drain) alike(view *snapshot.View, here map[string]*snapshot.Placed) []group {
	type likeness struct {
		verdict         restart.Verdict
		static          bool
		reason, message string
	}
	at := make(map[likeness]int)
	var groups []group
	for _, r := range view.Replacements {
		r.Pods = slices.DeleteFunc(slices.Clone(r.Pods), func(name string) bool { return here[name] == nil })
		if len(r.Pods) == 0 {
			continue
		}
		verdict := d.judge(view, []snapshot.Replacement{r})
		like := likeness{verdict.Verdict, r.Static, verdict.Reason, verdict.Message}
		if i, known := at[like]; known {
			groups[i].replacements = append(groups[i].replacements, r)
			continue
		}
		at[like] = len(groups)
		groups = append(groups, group{[]snapshot.Replacement{r}, verdict})
	}
	for i := range groups {
		if g := &groups[i]; len(g.replacements) > 1 { // What refuses each of them is put together.
			g.verdict = d.judge(view, g.replacements)
		}
	}
	return groups
}

func (d *drain) judge(view *snapshot.View, replacements []snapshot.Replacement) restart.Restart {
	part := *view
	part.Replacements = replacements
	return restart.Judge(d.Rules, &part)
}

// noPlace says why a pod that comes back, perhaps, may not find a node.
func (d *drain) noPlace(fate Fate, pod *snapshot.Placed, r *snapshot.Replacement) *NoPlace {
	if fate != ComesBack && fate != Unknown {
		return nil
	}
	return d.places.missing(pod, r)
}

// add counts a pod and puts it into its row.
func (d *drain) add(row *Row, pod *snapshot.Placed, noPlace *NoPlace) {
	row.Pods = append(row.Pods, Pod{Name: pod.Name, Node: pod.Node, NoPlace: noPlace})
	d.result.Pods.add(row.Fate)
	if row.Fate.evicted() {
		d.evictions = append(d.evictions, eviction{pod, row.Fate})
	}
	daemonSet := isDaemonSet(row) && row.Reason != ReasonOwnerGone
	ends := !daemonSet && row.Fate != Static
	d.flags[flagDaemonSets] = d.flags[flagDaemonSets] || daemonSet
	d.flags[flagEmptyDir] = d.flags[flagEmptyDir] || ends && pod.EmptyDir
	d.flags[flagForce] = d.flags[flagForce] || ends && (!pod.Controlled || isDaemonSet(row))
}

// The flags without which kubectl drain refuses. Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_drain/
const (
	flagDaemonSets = "--ignore-daemonsets"
	flagEmptyDir   = "--delete-emptydir-data"
	flagForce      = "--force"
)

func (d *drain) finish() *Result {
	r := d.result
	slices.SortStableFunc(r.Workloads, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(fates(), a.Fate), slices.Index(fates(), b.Fate)), cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(a.Workload.Kind, b.Workload.Kind), cmp.Compare(a.Workload.Name, b.Workload.Name),
			cmp.Compare(a.Workload.APIVersion, b.Workload.APIVersion),
		)
	})
	r.Budgets = d.Facts.blocking(d.evictions, d.all)
	if d.Facts.budgetState != snapshot.Synced && d.Facts.budgetState != snapshot.NotGiven {
		r.BudgetsUnread = d.Facts.budgetState
	}
	for _, flag := range [...]string{flagDaemonSets, flagEmptyDir, flagForce} {
		if d.flags[flag] {
			r.KubectlFlags = append(r.KubectlFlags, flag)
		}
	}
	return r
}
