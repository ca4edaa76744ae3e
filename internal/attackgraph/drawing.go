package attackgraph

import "github.com/daysix/daysix/internal/finding"

// drawing is a graph while its edges are drawn. Only what can lead somewhere gets a vertex: a workload that holds no token
// with rights and stays in its pods is counted, but nothing starts from it.
type drawing struct {
	*state
	census *census
	core   *core

	drawn uint8 // the edge that is drawn now
	froms []int32
	// pods are the groups and single pods that have a vertex.
	pods []podsAt
	// holders are those that hold a token of an account, by account.
	holders [][]podsAt
	// effects are the numbers of effects, by privilege.
	effects map[finding.CheckID][]int32
	// named is where effects lead that are limited to names.
	named map[limited][]int32
	// anywhere are the vertices of all Secrets of a name, by the one that stands for those that are not known.
	anywhere map[int32][]int32
	// filesRead are the nodes whose files somebody reads without being root.
	filesRead []bool
	// bearing are the vertices of Secrets that hold a token with rights, by slot.
	bearing map[int32]tokenSecret
}

// podsAt are pods of a group: all of them, or one that has a vertex of its own.
type podsAt struct {
	group, vertex    int32
	firstPod, endPod int32
}

type limited struct {
	right  *right
	effect int32
}

type tokenSecret struct{ vertex, account int32 }

// draw makes the graph of a state.
func draw(c *census, edges []Edge) *core {
	s := c.state
	d := &drawing{
		state: s, census: c, core: newCore(s, edges), holders: make([][]podsAt, len(s.accounts)),
		effects: make(map[finding.CheckID][]int32), filesRead: make([]bool, len(s.nodes)),
		froms: make([]int32, 0, roomFor(s.arcs)), named: make(map[limited][]int32), bearing: make(map[int32]tokenSecret),
		anywhere: make(map[int32][]int32),
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

// all are the pods of a group.
func (d *drawing) all(group int32) podsAt {
	g := &d.census.groups[group]
	return podsAt{group, absent, g.firstPod, g.endPod}
}

func (d *drawing) group(p *podsAt) *censusGroup { return &d.census.groups[p.group] }

// by is the reason that a pod is, or its group where the pod is absent.
func (p *podsAt) by(pod int32) reason { return reason{group: p.group + 1, pod: pod + 1} }

// byFirst is the reason that the first of the pods is, or their group where there is none.
func (p *podsAt) byFirst() reason {
	if p.firstPod == p.endPod {
		return p.by(absent)
	}
	return p.by(p.firstPod)
}

// eachNode visits the nodes that pods run on, each once and by name, with one of the pods. Absent stands for the node of a
// pod that has none yet, or of a group without pods, where the pod is absent too.
func (d *drawing) eachNode(p *podsAt, visit func(n, pod int32)) {
	if p.firstPod == p.endPod {
		visit(absent, absent)
	}
	for pod := p.firstPod; pod < p.endPod; pod++ {
		if n := d.census.podNodes[pod]; pod == p.firstPod || n != d.census.podNodes[pod-1] {
			visit(n, pod)
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

// eachEffect visits the effects that a right follows, by number.
func (d *drawing) eachEffect(r *right, visit func(effect int32, e *heldEffect)) {
	for _, privilege := range r.privileges {
		for _, i := range d.effects[privilege] {
			for _, c := range r.consequences {
				if e := d.core.effects[i].heldEffect; e.Consequence == c {
					visit(i, e)
				}
			}
		}
	}
}

// follow draws the edges that a right describes.
func (d *drawing) follow(r *right) {
	d.eachEffect(r, func(i int32, e *heldEffect) {
		set, why := d.core.effects[i].set, reason{effect: i + 1}
		if r.named == nil || len(e.Names) == 0 {
			if !r.onlyNamed {
				d.edge(set, d.core.scoped(r.to, d.namespaceOf(e)), d.conditionOf(e.Condition), why)
			}
			return
		}
		condition := d.conditionOf(e.Condition)
		if r.resolved {
			condition = ""
		}
		for _, to := range d.named[limited{r, i}] {
			d.edge(set, to, condition, why)
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
