package attackgraph

// Reached counts what is within reach. The workload itself is not counted: not its own pods, but the Secrets that they
// mount.
type Reached struct {
	// Pods that it controls.
	Pods int
	// Nodes on which it is root.
	Nodes int
	// Namespaces where it controls pods, makes new ones, acts as any ServiceAccount, or reads a Secret.
	Namespaces int
	// Secrets that it reads.
	Secrets int
}

func (r Reached) buckets() [4]int {
	return [4]int{bucket(r.Pods), bucket(r.Nodes), bucket(r.Namespaces), bucket(r.Secrets)}
}

// counter counts what is in a set, and then what of it a workload reaches. Its marks are good until the next set.
type counter struct {
	*census
	core    *core
	counted *counted

	unknown    int // Secrets that effects name and that are not known to exist
	everything bool
	// allPods and allSecrets are true where the hubs of all namespaces are reached: then there is nothing to mark.
	allPods, allSecrets bool
	anyNode             bool // a node that has no name is reached
	sum                 Reached
	round               int32
	podMarks            []int32 // by number
	marks               []int32 // by slot of a Secret
	spaces              []space // by namespace
	touched             []int32 // namespaces that are not zero
}

type space struct {
	pods  int32 // that are marked
	other bool  // whether anything else there is reached
}

func newCounter(c *core, counted *counted, census *census) *counter {
	k := &counter{
		census: census, core: c, counted: counted, podMarks: make([]int32, census.pods),
		marks: make([]int32, len(census.state.secrets)), spaces: make([]space, len(census.state.namespaces)),
	}
	for _, at := range c.secretAt {
		if at.unknown() {
			k.unknown++
		}
	}
	return k
}

// count marks what is in a set.
func (k *counter) count(set *reach, everything bool) {
	for _, namespace := range k.touched {
		k.spaces[namespace] = space{}
	}
	k.touched, k.sum, k.anyNode, k.everything = k.touched[:0], Reached{}, false, everything
	k.round++
	if everything {
		s := k.state
		k.sum = Reached{k.pods, max(len(s.nodes), 1), len(s.namespaces), len(k.secrets) + k.unknown}
		return
	}
	k.allPods, k.allSecrets = k.holds(set, podsHub), k.holds(set, secretsHub)
	set.each(func(bit int32) { k.mark(k.counted.vertexOf[bit]) })
	if k.anyNode {
		k.sum.Nodes = max(k.sum.Nodes, 1)
	}
	if k.allPods {
		k.sum.Pods = k.pods
	}
	if k.allSecrets {
		k.sum.Secrets += len(k.secrets)
	}
}

// holds tells whether a set has the hub of all namespaces.
func (k *counter) holds(set *reach, hub int32) bool {
	bit := k.counted.bitOf[k.core.hub(hub, absent)]
	return set != nil && bit != absent && set.has(bit)
}

// mark counts what being at a vertex gives.
func (k *counter) mark(v int32) {
	c := k.core
	switch {
	case v < singles:
		k.anyNode = true
	case v < c.firstNode():
		k.markHub(c.hubOf(v), c.namespaceOf(v))
	case c.isNode(v):
		k.sum.Nodes++
		k.markNode(v-c.firstNode(), true)
	case c.isNodeFiles(v):
		k.markNode(v-c.nodeFiles(0), false)
	default:
		k.markObject(v)
	}
}

func (k *counter) markHub(hub, namespace int32) {
	switch {
	case hub == podsHub || hub == stolenHub:
		k.markGroups(namespace, hub == stolenHub)
	case hub == secretsHub && !k.allSecrets:
		for _, slot := range k.secretsIn(namespace) {
			k.markSecret(slot)
		}
	}
	if namespace != absent {
		k.markSpace(namespace)
		return
	}
	for i := range k.spaces {
		k.markSpace(int32(i))
	}
}

// markGroups marks the pods of a namespace with what they mount, or those that can be stolen with all that they bring.
func (k *counter) markGroups(namespace int32, stolen bool) {
	if k.allPods && k.allSecrets {
		return
	}
	groups := k.groupsIn(namespace)
	for i := range groups {
		g := &groups[i]
		if stolen && g.placement != Free {
			continue
		}
		for p := range g.podNodes {
			k.markPod(g, g.firstPod+int32(p))
		}
		if stolen {
			k.markSecrets(g.namespace, g.onNode)
		} else {
			k.markSecrets(g.namespace, g.mounted.slots)
		}
	}
}

// markNode marks what is on a node: the pods for who is root there, what the kubelet keeps for them for who reads its files.
func (k *counter) markNode(n int32, root bool) {
	for _, p := range k.on(n) {
		g := &k.groups[p.group]
		if root {
			k.markPod(g, p.pod)
		}
		k.markSecrets(g.namespace, g.onNode)
	}
}

// markObject marks a pod or a Secret that an effect names.
func (k *counter) markObject(v int32) {
	if at, ok := k.core.podAt[v]; ok {
		g := &k.groups[k.groupsOf[at.workload]+at.index]
		k.markPod(g, g.firstPod+at.only)
		k.markSecrets(g.namespace, g.mounted.slots)
		return
	}
	secret := k.core.secretAt[v]
	if secret.slot != absent {
		k.markSecret(secret.slot)
	} else if secret.unknown() {
		k.sum.Secrets++
		k.markSpace(secret.namespace)
	}
}

func (k *counter) markPod(g *censusGroup, pod int32) {
	if k.allPods || k.podMarks[pod] == k.round {
		return
	}
	k.podMarks[pod] = k.round
	k.sum.Pods++
	k.touch(g.namespace).pods++
}

func (k *counter) markSecrets(namespace int32, slots []int32) {
	if k.allSecrets {
		return
	}
	for _, slot := range slots {
		if k.marks[slot] != k.round {
			k.marks[slot] = k.round
			k.sum.Secrets++
			k.markSpace(namespace)
		}
	}
}

func (k *counter) markSecret(slot int32) {
	if !k.allSecrets && k.marks[slot] != k.round {
		k.marks[slot] = k.round
		k.sum.Secrets++
		k.markSpace(k.state.namespaceAt[k.state.secrets[slot].namespace])
	}
}

func (k *counter) markSpace(namespace int32) { k.touch(namespace).other = true }

func (k *counter) touch(namespace int32) *space {
	s := &k.spaces[namespace]
	if *s == (space{}) {
		k.touched = append(k.touched, namespace)
		k.sum.Namespaces++
	}
	return s
}

// reached is what a workload reaches for which the set was counted: without its own pods, with the Secrets that they mount.
func (k *counter) reached(workload int) Reached {
	r, w := k.sum, k.state.workloads[workload]
	own, secrets := w.pods, 0
	if !k.everything && !k.allPods {
		own = k.marked(workload)
	}
	r.Pods -= own
	if k.everything {
		return r
	}
	if !k.allSecrets {
		for _, slot := range w.secrets {
			if k.marks[slot] != k.round {
				secrets++
			}
		}
	}
	r.Secrets += secrets
	in := k.spaces[k.state.namespaceAt[w.namespace]]
	if in != (space{}) {
		r.Namespaces--
	}
	if in.other || int(in.pods) > own || secrets > 0 {
		r.Namespaces++
	}
	return r
}

// marked counts the pods of a workload that are marked.
func (k *counter) marked(workload int) int {
	count := 0
	groups := k.groups[k.groupsOf[workload]:k.groupsOf[workload+1]]
	for i := range groups {
		for p := range groups[i].podNodes {
			if k.podMarks[groups[i].firstPod+int32(p)] == k.round {
				count++
			}
		}
	}
	return count
}
