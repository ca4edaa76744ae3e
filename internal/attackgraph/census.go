package attackgraph

// census says who is where: what counts are made of. It is made of a state once, and only when somebody counts.
type census struct {
	state  *state
	groups []censusGroup
	// groupsOf are the groups of a workload, by index: groups[groupsOf[i]:groupsOf[i+1]].
	groupsOf []int32
	pods     int
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
	workload, index int32 // of the workload, and of the group in it
	namespace       int32 // index
	firstPod        int32 // number of the first pod; the others follow
}

type censusPod struct{ group, pod int32 } // pod is its number

func newCensus(s *state) *census {
	c := &census{
		state: s, groupsOf: make([]int32, len(s.workloads)+1), onNode: make([]int32, len(s.nodes)+1),
		secretsOf: make([]int32, len(s.namespaces)+1), workloadsOf: make([]int32, len(s.namespaces)+1),
	}
	c.groups = make([]censusGroup, 0, roomFor(len(s.workloads)))
	for i, w := range s.workloads {
		namespace := s.namespaceAt[w.namespace]
		c.workloadsOf[namespace+1] = int32(i + 1)
		for j := range w.groups {
			g := &w.groups[j]
			c.groups = append(c.groups, censusGroup{g, int32(i), int32(j), namespace, int32(c.pods)})
			c.pods += len(g.podNodes)
			for _, n := range g.podNodes {
				if n != noNode {
					c.onNode[s.nodeAt[n]+1]++
				}
			}
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

func (c *census) place() {
	for n := range c.state.nodes {
		c.onNode[n+1] += c.onNode[n]
	}
	c.nodePods = make([]censusPod, c.onNode[len(c.state.nodes)])
	next := append([]int32(nil), c.onNode...)
	for i := range c.groups {
		g := &c.groups[i]
		for j, n := range g.podNodes {
			if n != noNode {
				n = c.state.nodeAt[n]
				c.nodePods[next[n]] = censusPod{int32(i), g.firstPod + int32(j)}
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

// groupsIn are the groups of a namespace, or all where it is absent.
func (c *census) groupsIn(namespace int32) []censusGroup {
	if namespace == absent {
		return c.groups
	}
	return c.groups[c.groupsOf[c.workloadsOf[namespace]]:c.groupsOf[c.workloadsOf[namespace+1]]]
}

// secretsIn are the slots of the Secrets of a namespace, or all where it is absent.
func (c *census) secretsIn(namespace int32) []int32 {
	if namespace == absent {
		return c.secrets
	}
	return c.secrets[c.secretsOf[namespace]:c.secretsOf[namespace+1]]
}
