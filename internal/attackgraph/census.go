package attackgraph

// census says who is where: the groups of all workloads in one list, with their pods and Secrets by number, and the other
// way round. It is made of a state in one go, so that what follows need not visit the records again.
type census struct {
	state  *state
	groups []censusGroup
	// groupsOf are the groups of a workload, by index: groups[groupsOf[i]:groupsOf[i+1]].
	groupsOf []int32
	// podNodes are the nodes of all pods, absent for those that have none.
	podNodes []int32
	// slots are those of the Secrets that groups need: the ones that containers mount, then those of the node.
	slots []int32
	// onNode are the pods on a node, by index: nodePods[onNode[n]:onNode[n+1]].
	onNode   []int32
	nodePods []censusPod
	// secretsOf are the slots of the Secrets of a namespace: secrets[secretsOf[i]:secretsOf[i+1]].
	secretsOf []int32
	secrets   []int32
	// workloadsOf are the workloads of a namespace, which lie together: from workloadsOf[i] to workloadsOf[i+1].
	workloadsOf []int32
}

type censusGroup struct {
	*group
	workload, namespace          int32 // indexes
	firstPod, endPod             int32 // numbers of its pods
	firstSlot, endMount, endSlot int32 // in slots
	holds                        int32 // the account of which a pod holds a token, absent where it has no rights
	getsOut                      bool
	free                         bool
}

type censusPod struct{ group, pod int32 } // numbers

// newCensus counts a state. What the last census says of a record that is still there is copied, where its indexes mean the
// same.
func newCensus(s *state, last *census) *census {
	c := &census{
		state: s, groupsOf: make([]int32, len(s.workloads)+1), onNode: make([]int32, len(s.nodes)+1),
		secretsOf: make([]int32, len(s.namespaces)+1), workloadsOf: make([]int32, len(s.namespaces)+1),
	}
	if last != nil {
		c.groups = make([]censusGroup, 0, roomFor(len(last.groups)))
		c.podNodes, c.slots = make([]int32, 0, roomFor(len(last.podNodes))), make([]int32, 0, roomFor(len(last.slots)))
		if !s.indexesLike(last.state) {
			last = nil
		}
	}
	at := int32(0)
	for i, w := range s.workloads {
		if last != nil {
			at = last.state.skipTo(at, w)
		}
		if last != nil && last.state.at(at) == w && len(last.of(at)) > 0 {
			c.copyOf(last, at, int32(i))
			at++
		} else {
			c.add(w, int32(i))
		}
		c.groupsOf[i+1] = int32(len(c.groups))
	}
	for i := range s.namespaces {
		c.workloadsOf[i+1] = max(c.workloadsOf[i+1], c.workloadsOf[i])
	}
	c.place()
	c.listSecrets()
	return c
}

func (c *census) add(w *workload, i int32) {
	namespace := c.state.namespaceAt[w.namespace]
	c.workloadsOf[namespace+1] = i + 1
	for j := range w.groups {
		g := &w.groups[j]
		at := censusGroup{
			group: g, workload: i, namespace: namespace, holds: absent,
			firstPod: int32(len(c.podNodes)), firstSlot: int32(len(c.slots)),
			getsOut: g.root != nil || g.read != nil, free: g.placement == Free,
		}
		if g.token {
			at.holds = c.state.accountAt[g.account]
		}
		for _, slot := range g.podNodes {
			if slot == noNode {
				c.podNodes = append(c.podNodes, absent)
			} else {
				c.podNodes = append(c.podNodes, c.state.nodeAt[slot])
			}
		}
		c.slots = append(c.slots, g.needed...)
		at.endPod, at.endSlot = int32(len(c.podNodes)), int32(len(c.slots))
		at.endMount = at.firstSlot + int32(len(g.mounted.slots))
		c.groups = append(c.groups, at)
	}
}

// copyOf takes the groups of a workload over, and moves their numbers.
func (c *census) copyOf(last *census, from, to int32) {
	groups := last.of(from)
	first, end := &groups[0], &groups[len(groups)-1]
	pods, slots := int32(len(c.podNodes))-first.firstPod, int32(len(c.slots))-first.firstSlot
	c.podNodes = append(c.podNodes, last.podNodes[first.firstPod:end.endPod]...)
	c.slots = append(c.slots, last.slots[first.firstSlot:end.endSlot]...)
	c.workloadsOf[first.namespace+1] = to + 1
	for _, g := range groups {
		g.workload = to
		g.firstPod, g.endPod = g.firstPod+pods, g.endPod+pods
		g.firstSlot, g.endMount, g.endSlot = g.firstSlot+slots, g.endMount+slots, g.endSlot+slots
		c.groups = append(c.groups, g)
	}
}

func (c *census) place() {
	for _, n := range c.podNodes {
		if n != absent {
			c.onNode[n+1]++
		}
	}
	for n := range c.state.nodes {
		c.onNode[n+1] += c.onNode[n]
	}
	c.nodePods = make([]censusPod, c.onNode[len(c.state.nodes)])
	next := append([]int32(nil), c.onNode...)
	for i := range c.groups {
		for pod := c.groups[i].firstPod; pod < c.groups[i].endPod; pod++ {
			if n := c.podNodes[pod]; n != absent {
				c.nodePods[next[n]] = censusPod{int32(i), pod}
				next[n]++
			}
		}
	}
}

func (c *census) listSecrets() {
	for _, row := range c.state.secrets {
		if row.named {
			c.secretsOf[c.state.namespaceAt[row.namespace]+1]++
		}
	}
	for i := range c.state.namespaces {
		c.secretsOf[i+1] += c.secretsOf[i]
	}
	c.secrets = make([]int32, c.secretsOf[len(c.state.namespaces)])
	next := append([]int32(nil), c.secretsOf...)
	for slot, row := range c.state.secrets {
		if row.named {
			namespace := c.state.namespaceAt[row.namespace]
			c.secrets[next[namespace]] = int32(slot)
			next[namespace]++
		}
	}
}

// on are the pods on a node.
func (c *census) on(n int32) []censusPod { return c.nodePods[c.onNode[n]:c.onNode[n+1]] }

// mounts are the slots of the Secrets that containers of a group mount, needs those that the node fetches too.
func (c *census) mounts(g *censusGroup) []int32 { return c.slots[g.firstSlot:g.endMount] }
func (c *census) needs(g *censusGroup) []int32  { return c.slots[g.firstSlot:g.endSlot] }

// of are the groups of a workload.
func (c *census) of(workload int32) []censusGroup {
	return c.groups[c.groupsOf[workload]:c.groupsOf[workload+1]]
}

// groupsIn are the groups of a namespace, or all where it is absent, from number to number.
func (c *census) groupsIn(namespace int32) (from, to int32) {
	if namespace == absent {
		return 0, int32(len(c.groups))
	}
	return c.groupsOf[c.workloadsOf[namespace]], c.groupsOf[c.workloadsOf[namespace+1]]
}

// secretsIn are the slots of the Secrets of a namespace, or all where it is absent.
func (c *census) secretsIn(namespace int32) []int32 {
	if namespace == absent {
		return c.secrets
	}
	return c.secrets[c.secretsOf[namespace]:c.secretsOf[namespace+1]]
}

// podName is the namespace and the name of a pod.
func (c *census) podName(group, pod int32) Key {
	g := &c.groups[group]
	return Key{Namespace: c.state.namespaces[g.namespace], Name: g.podNames[pod-g.firstPod]}
}

// keyOf is the workload of a group.
func (c *census) keyOf(group int32) Key { return c.state.workloads[c.groups[group].workload].key }
