package attackgraph

import "github.com/daysix/daysix/internal/finding"

// drawing is a graph while its edges are drawn. Only what can lead somewhere gets a vertex: a workload that holds no token
// with rights and stays in its pods is counted, but nothing starts from it.
type drawing struct {
	*state
	core *core

	drawn uint8 // the edge that is drawn now
	froms []int32
	// groups are those of the vertices that pods stand for, by vertex.
	groups []groupAt
	// holders are the groups that hold a token of an account, by account.
	holders [][]groupAt
	// effects of permission sets, by privilege.
	effects map[finding.CheckID][]heldBy
	// filesRead are the nodes whose files somebody reads without being root.
	filesRead []bool
	// named is where effects lead that are limited to names.
	named map[limited][]int32
	// bearing are the vertices of Secrets that hold a token with rights, by slot.
	bearing map[int32]tokenSecret
}

// groupAt is a group of a workload, or one pod of it.
type groupAt struct {
	*group
	vertex          int32
	workload, index int32 // of the workload, and of the group in it
	only            int32 // the one pod, or absent
}

// by is the reason that a pod of the group is.
func (g *groupAt) by(way *Way, pod int) reason {
	return reason{way: way, workload: g.workload + 1, group: g.index + 1, pod: int32(pod) + 1}
}

// byFirst is the reason that the first pod of a group is, or the group itself where it has none.
func (g *groupAt) byFirst() reason { return g.by(nil, min(len(g.podNames), 1)-1) }

type heldBy struct {
	set    int32 // vertex
	effect *heldEffect
}

type limited struct {
	right  *right
	effect *heldEffect
}

type tokenSecret struct{ vertex, account int32 }

// draw makes the graph of a state.
func draw(s *state, edges []Edge) *core {
	d := &drawing{
		state: s, core: newCore(s, edges), holders: make([][]groupAt, len(s.accounts)),
		effects: make(map[finding.CheckID][]heldBy), filesRead: make([]bool, len(s.nodes)),
		froms: make([]int32, 0, roomFor(s.arcs)), named: make(map[limited][]int32), bearing: make(map[int32]tokenSecret),
	}
	d.nameTokenSecrets()
	d.nameSets()
	d.nameWorkloads()
	d.nameObjects(edges)
	for i := range edges {
		d.drawn = uint8(i)
		if edges[i].draw != nil {
			edges[i].draw(d)
		}
		for j := range edges[i].rights {
			d.follow(&edges[i].rights[j])
		}
	}
	d.core.connect(d.froms)
	return d.core
}

// edge adds an edge of the kind that is drawn now.
func (d *drawing) edge(from, to int32, condition string, why reason) {
	d.froms = append(d.froms, from)
	d.core.add(to, d.drawn, condition, why)
}

// eachGroup visits the groups of the vertices that pods stand for.
func (d *drawing) eachGroup(visit func(*groupAt)) {
	for i := range d.groups {
		visit(&d.groups[i])
	}
}

// eachNode visits the nodes that pods of a group run on, each once and by name, with one of the pods. Absent stands for the
// node of a pod that has none yet, or of a group without pods, where the pod is absent too.
func (d *drawing) eachNode(g *groupAt, visit func(n int32, pod int)) {
	if len(g.podNodes) == 0 {
		visit(absent, absent)
	}
	for i, n := range g.podNodes {
		switch {
		case g.only != absent && g.only != int32(i), g.only == absent && i > 0 && g.podNodes[i-1] == n:
		case n == noNode:
			visit(absent, i)
		default:
			visit(d.nodeAt[n], i)
		}
	}
}

// eachViewOf visits the vertices from which what lies on a node can be read.
func (d *drawing) eachViewOf(n int32, visit func(from int32)) {
	visit(d.core.node(n))
	if d.filesRead[n] {
		visit(d.core.nodeFiles(n))
	}
}

func (d *drawing) eachEffect(r *right, visit func(heldBy)) {
	for _, privilege := range r.privileges {
		for _, held := range d.effects[privilege] {
			for _, c := range r.consequences {
				if held.effect.Consequence == c {
					visit(held)
				}
			}
		}
	}
}

// follow draws the edges that a right describes.
func (d *drawing) follow(r *right) {
	d.eachEffect(r, func(held heldBy) {
		e := held.effect
		why := reason{effect: &e.Effect}
		if r.named == nil || len(e.Names) == 0 {
			if !r.onlyNamed {
				d.edge(held.set, d.core.scoped(r.to, d.namespaceOf(e)), d.conditionOf(e.Condition), why)
			}
			return
		}
		condition := d.conditionOf(e.Condition)
		if r.resolved {
			condition = ""
		}
		for _, to := range d.named[limited{r, e}] {
			d.edge(held.set, to, condition, why)
		}
	})
}

// conditionOf is that of the edge that is drawn where it has one of its own.
func (d *drawing) conditionOf(condition string) string {
	if own := d.core.edges[d.drawn].Condition; own != "" {
		return own
	}
	return condition
}

// namespaceOf is the index of an effect's namespace, absent for the whole cluster.
func (d *drawing) namespaceOf(e *heldEffect) int32 {
	if e.slot == wholeCluster {
		return absent
	}
	return d.namespaceAt[e.slot]
}
