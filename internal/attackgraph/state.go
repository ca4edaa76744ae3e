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

	arcs, reasons int     // that the solution before had
	census        *census // of it
}

const absent = -1

func (g *Graph) state() *state {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &state{
		secrets: slices.Clone(g.secrets.rows), named: make(map[name]int32),
		accountAt: absences(len(g.accounts.keys)), nodeAt: absences(len(g.nodes.keys)), namespaceAt: absences(len(g.namespaces.keys)),
		arcs: g.arcs, reasons: g.reasons, census: g.census,
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

// eachNamed visits the names that effects have, in their namespaces; those in the whole cluster in every one.
func (g *Graph) eachNamed(visit func(name)) {
	anywhere := make(map[string]bool)
	for _, sets := range g.permissions.sets {
		for _, set := range sets {
			for i := range set.effects {
				for _, of := range set.effects[i].Names {
					if namespace := set.effects[i].Namespace; namespace != "" {
						visit(name{namespace, of})
					} else {
						anywhere[of] = true
					}
				}
			}
		}
	}
	for of := range anywhere {
		for namespace := range g.namespaces.slots {
			visit(name{namespace, of})
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
func (s *state) find(key Key) (int32, bool) {
	i, ok := slices.BinarySearchFunc(s.workloads, key, func(w *workload, key Key) int { return w.key.Compare(key) })
	return int32(i), ok
}

// indexesLike tells whether what records refer to has the same indexes in another state.
func (s *state) indexesLike(other *state) bool {
	return slices.Equal(s.nodeAt, other.nodeAt) && slices.Equal(s.namespaceAt, other.namespaceAt) &&
		slices.Equal(s.accountAt, other.accountAt)
}

// at is a workload, nil after the last one.
func (s *state) at(i int32) *workload {
	if int(i) == len(s.workloads) {
		return nil
	}
	return s.workloads[i]
}

// skipTo is the first index from one on that does not lie before a workload; the same record is found without a look at keys.
func (s *state) skipTo(from int32, w *workload) int32 {
	for ; int(from) < len(s.workloads); from++ {
		if old := s.workloads[from]; old == w || old.key.Compare(w.key) >= 0 {
			break
		}
	}
	return from
}

// account is the index of a ServiceAccount that has rights.
func (s *state) account(id name) (int, bool) {
	return slices.BinarySearchFunc(s.accounts, id, func(a *account, id name) int { return compareNames(a.name, id) })
}
