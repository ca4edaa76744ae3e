package attackgraph

// core is the drawn graph: compressed lists of edges over numbered vertices. It is never changed after connect.
//
// Numbers: the single vertices, the hubs by kind and namespace, nodes, their files, and accounts in the order of the state,
// then objects: whatever else has a vertex. They decide nothing; ties are broken by the order in which edges are drawn.
type core struct {
	state *state
	edges []Edge

	objects  []Vertex
	objectAt map[Vertex]int32
	sets     map[*permissionSet]int32
	// podAt and secretAt say what the vertices of pods and Secrets are.
	podAt    map[int32]groupAt
	secretAt map[int32]secretAt
	// vertexOf is the vertex of a workload, by index; absent where it leads nowhere.
	vertexOf []int32

	arcs     []arc // by from, in the order of drawing
	outStart []int32
	back     []backArc // by to
	inStart  []int32

	conditions  []string // 0 is none
	conditionAt map[string]int32
	reasons     []reason // 0 is none
	stealing    bool     // some arc needs a node of one's own
}

// secretAt is a Secret: its namespace, absent where it is any, and its slot, absent where it is not known to exist.
type secretAt struct{ namespace, slot int32 }

// unknown tells whether it is a single Secret that nothing but an effect speaks of.
func (s secretAt) unknown() bool { return s.slot == absent && s.namespace != absent }

// arc is one drawn edge. Where it starts follows from its place.
type arc struct {
	to                int32
	condition, reason int32
	edge              uint8
	flags             flags
}

type backArc struct {
	from  int32
	flags flags
}

// flags are what a search asks of an arc.
type flags uint8

const (
	conditional flags = 1 << iota
	noStep            // a change of view, not a step: it has no length and is not shown
	needsNode         // only for who controls a node
)

// open tells whether who controls a node, or does not, can take the arc.
func (f flags) open(controlsNode bool) bool { return f&needsNode == 0 || controlsNode }

// reason is what an arc was drawn from: an effect, or a pod with or without a way.
type reason struct {
	effect          *Effect
	way             *Way
	workload, group int32 // plus one; 0 where there is none
	pod             int32 // plus one; 0 where there is none
}

// The single vertices.
const (
	adminVertex int32 = iota
	allNodesVertex
	allNodeFilesVertex
	staticPodsVertex
	someNodeVertex // the node that a pod will run on
	singles
)

// The hubs of which there is one for all namespaces, and one for each.
const (
	ownerHub int32 = iota
	podsHub
	accountsHub
	newPodsHub
	secretsHub
	stolenHub
	podNodesHub
	hubs
)

func newCore(s *state, edges []Edge) *core {
	return &core{
		state: s, edges: edges, objectAt: make(map[Vertex]int32), sets: make(map[*permissionSet]int32),
		podAt: make(map[int32]groupAt), secretAt: make(map[int32]secretAt), vertexOf: absences(len(s.workloads)),
		conditions: []string{""}, conditionAt: map[string]int32{"": 0},
		arcs: make([]arc, 0, roomFor(s.arcs)), reasons: make([]reason, 1, roomFor(s.reasons)+1),
	}
}

// roomFor leaves some for growth.
func roomFor(n int) int { return n + n/16 }

// hub is that of a namespace, or the one for all where it is absent.
func (c *core) hub(kind, namespace int32) int32 {
	return singles + kind*int32(len(c.state.namespaces)+1) + namespace + 1
}

// In the ranges that follow each other after the hubs.
func (c *core) firstNode() int32         { return singles + hubs*int32(len(c.state.namespaces)+1) }
func (c *core) nodeFiles(n int32) int32  { return c.firstNode() + int32(len(c.state.nodes)) + n }
func (c *core) account(i int32) int32    { return c.firstNode() + 2*int32(len(c.state.nodes)) + i }
func (c *core) firstObject() int32       { return c.account(int32(len(c.state.accounts))) }
func (c *core) size() int                { return int(c.firstObject()) + len(c.objects) }
func (c *core) isNode(v int32) bool      { return v >= c.firstNode() && v < c.nodeFiles(0) }
func (c *core) isNodeFiles(v int32) bool { return v >= c.nodeFiles(0) && v < c.account(0) }
func (c *core) isHub(v, kind int32) bool {
	return v >= c.hub(kind, absent) && v < c.hub(kind+1, absent)
}

func (c *core) namespaceOf(v int32) int32 { return (v-singles)%int32(len(c.state.namespaces)+1) - 1 }

func (c *core) isAccount(v int32) bool { return v >= c.account(0) && v < c.firstObject() }

// hubOf is the kind of a hub.
func (c *core) hubOf(v int32) int32 { return (v - singles) / int32(len(c.state.namespaces)+1) }

// node is the vertex of a node, absent for the one that a pod will run on.
func (c *core) node(n int32) int32 {
	if n == absent {
		return someNodeVertex
	}
	return c.firstNode() + n
}

// workload makes the vertex of a workload.
func (c *core) workload(i int32) int32 {
	v := int32(c.size())
	c.objects = append(c.objects, Vertex{KindWorkload, c.state.workloads[i].key})
	c.vertexOf[i] = v
	return v
}

// kubelet is the vertex of the kubelet of a node; it has one where bindings give it something.
func (c *core) kubelet(n *node) int32 { return c.objectAt[Vertex{KindKubelet, Key{Name: n.name}}] }

// object finds or makes the vertex of something that has a name; fresh tells which.
func (c *core) object(of Vertex) (v int32, fresh bool) {
	if v, ok := c.objectAt[of]; ok {
		return v, false
	}
	v = int32(c.size())
	c.objects = append(c.objects, of)
	c.objectAt[of] = v
	return v, true
}

// scoped is the vertex of a kind of which there is one per namespace, or one at all.
func (c *core) scoped(kind VertexKind, namespace int32) int32 {
	for h, hub := range hubKinds() {
		if hub == kind {
			return c.hub(int32(h), namespace)
		}
	}
	for v, single := range singleKinds() {
		if single == kind {
			return int32(v)
		}
	}
	return absent
}

func hubKinds() [hubs]VertexKind {
	return [hubs]VertexKind{
		KindNamespaceOwner, KindAllPods, KindAllServiceAccounts, KindNewPods, KindSecrets, KindStolenPods, KindPodNodes,
	}
}

func singleKinds() [singles]VertexKind {
	return [singles]VertexKind{KindClusterAdmin, KindAllNodes, KindAllNodeFiles, KindStaticPods, KindNode}
}

// vertex names a vertex.
func (c *core) vertex(v int32) Vertex {
	nodes := int32(len(c.state.nodes))
	switch at := v - c.firstNode(); {
	case v < singles:
		return Vertex{Kind: singleKinds()[v]}
	case at < 0:
		kind := hubKinds()[c.hubOf(v)]
		if namespace := c.namespaceOf(v); namespace != absent {
			return Vertex{kind, Key{Namespace: c.state.namespaces[namespace]}}
		}
		return Vertex{Kind: kind}
	case at < 2*nodes:
		kind := [...]VertexKind{KindNode, KindNodeFiles}[at/nodes]
		return Vertex{kind, Key{Name: c.state.nodes[at%nodes].name}}
	case v < c.firstObject():
		of := c.state.accounts[v-c.account(0)].name
		return Vertex{KindServiceAccount, Key{Namespace: of.namespace, Name: of.name}}
	default:
		return c.objects[v-c.firstObject()]
	}
}

// add appends an arc; connect puts them in order.
func (c *core) add(to int32, edge uint8, condition string, why reason) {
	a := arc{to: to, edge: edge, flags: c.edges[edge].flags}
	if condition != "" {
		at, ok := c.conditionAt[condition]
		if !ok {
			at = int32(len(c.conditions))
			c.conditions = append(c.conditions, condition)
			c.conditionAt[condition] = at
		}
		a.condition, a.flags = at, a.flags|conditional
	}
	if why != (reason{}) {
		a.reason = int32(len(c.reasons))
		c.reasons = append(c.reasons, why)
	}
	c.stealing = c.stealing || a.flags&needsNode != 0
	c.arcs = append(c.arcs, a)
}

// connect sorts the arcs by where they start, the order of drawing kept, and makes the lists of those that end somewhere.
func (c *core) connect(froms []int32) {
	c.outStart, c.inStart = make([]int32, c.size()+1), make([]int32, c.size()+1)
	for i, from := range froms {
		c.outStart[from+1]++
		c.inStart[c.arcs[i].to+1]++
	}
	for v := range c.size() {
		c.outStart[v+1] += c.outStart[v]
		c.inStart[v+1] += c.inStart[v]
	}
	sorted := make([]arc, len(c.arcs))
	nextOut := append([]int32(nil), c.outStart...)
	for i, from := range froms {
		sorted[nextOut[from]] = c.arcs[i]
		nextOut[from]++
	}
	c.arcs = sorted
	c.back = make([]backArc, len(sorted))
	nextIn := append([]int32(nil), c.inStart...)
	for v := range c.size() {
		for _, a := range c.out(int32(v)) {
			c.back[nextIn[a.to]] = backArc{int32(v), a.flags}
			nextIn[a.to]++
		}
	}
}

// out are the arcs that start at a vertex, in that ends there.
func (c *core) out(v int32) []arc    { return c.arcs[c.outStart[v]:c.outStart[v+1]] }
func (c *core) in(v int32) []backArc { return c.back[c.inStart[v]:c.inStart[v+1]] }
