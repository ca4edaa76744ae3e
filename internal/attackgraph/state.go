package attackgraph

import "slices"

// state is what a graph held at one moment. It shares the records with the graph and is never changed. Indexes follow the
// order of names; the lists by slot translate what records refer to, with absent where there is nothing.
type state struct {
	workloads  []*workload
	accounts   []*account // those with rights
	nodes      []*node
	namespaces []string
	known      [][]knownSecret // by namespace
	secrets    []secretRow     // by slot
	// named are the slots of Secrets whose names effects have.
	named map[name]int32

	accountAt, nodeAt, namespaceAt []int32 // indexes by slot

	arcs, reasons int // that a drawing had before
}

const absent = -1

func (g *Graph) state() *state {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &state{
		secrets: slices.Clone(g.secrets.rows), named: make(map[name]int32),
		accountAt: absences(len(g.accounts.keys)), nodeAt: absences(len(g.nodes.keys)), namespaceAt: absences(len(g.namespaces.keys)),
		arcs: g.arcs, reasons: g.reasons,
	}
	for i, slot := range g.namespaces.ordered() {
		s.namespaceAt[slot] = int32(i)
		s.namespaces = append(s.namespaces, g.namespaces.keys[slot])
		s.known = append(s.known, g.namespaces.rows[slot])
	}
	for i, slot := range g.nodes.ordered() {
		s.nodeAt[slot] = int32(i)
		s.nodes = append(s.nodes, g.nodes.rows[slot])
	}
	for _, slot := range g.accounts.ordered() {
		if a := g.accounts.rows[slot]; a.rights != nil {
			s.accountAt[slot] = int32(len(s.accounts))
			s.accounts = append(s.accounts, a)
		}
	}
	g.eachNamed(func(id name) {
		if _, slot, ok := g.secrets.row(id); ok {
			s.named[id] = slot
		}
	})
	s.workloads = make([]*workload, 0, g.workloads.len())
	for _, slot := range g.workloads.ordered() {
		s.workloads = append(s.workloads, g.workloads.rows[slot])
	}
	return s
}

// eachNamed visits the names that effects have, in their namespaces.
func (g *Graph) eachNamed(visit func(name)) {
	for _, sets := range g.permissions.sets {
		for _, set := range sets {
			for i := range set.effects {
				for _, of := range set.effects[i].Names {
					if set.effects[i].Namespace != "" {
						visit(name{set.effects[i].Namespace, of})
						continue
					}
					for namespace := range g.namespaces.slots {
						visit(name{namespace, of})
					}
				}
			}
		}
	}
}

func absences(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = absent
	}
	return list
}

// find is the index of a workload.
func (s *state) find(key Key) (int, bool) {
	return slices.BinarySearchFunc(s.workloads, key, func(w *workload, key Key) int { return w.key.Compare(key) })
}

// workloadsOf is the range of the workloads of a namespace, which lie together in the order of keys.
func (s *state) workloadsOf(namespace string) (from, to int) {
	from, _ = s.find(Key{Namespace: namespace})
	to, _ = s.find(Key{Namespace: namespace + "\x00"})
	return from, to
}
