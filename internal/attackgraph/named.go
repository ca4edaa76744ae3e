package attackgraph

import "slices"

// What an effect leads to where it is limited to names. Names that nothing has lead nowhere, but for Secrets: which of
// them exist is not known.

// namedPods are the pods of those names.
func namedPods(d *drawing, e *heldEffect) []int32 {
	var found []int32
	d.eachPodNamed(e, func(g *groupAt) { found = append(found, g.vertex) })
	return found
}

// nodesOfNamedPods are the nodes that pods of those names run on.
func nodesOfNamedPods(d *drawing, e *heldEffect) []int32 {
	var found []int32
	d.eachPodNamed(e, func(g *groupAt) {
		d.eachNode(g, func(n int32, _ int) { found = append(found, d.core.node(n)) })
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// podsOfNamedNodes are the pods on nodes of those names.
func podsOfNamedNodes(d *drawing, e *heldEffect) []int32 {
	var found []int32
	d.eachPod(0, len(d.workloads), func(_ string, n int32) bool {
		return n != noNode && slices.Contains(e.Names, d.nodes[d.nodeAt[n]].name)
	}, func(g *groupAt) { found = append(found, g.vertex) })
	return found
}

// filesOfNamedNodes are the files of nodes of those names.
func filesOfNamedNodes(d *drawing, e *heldEffect) []int32 {
	var found []int32
	for n := range d.nodes {
		if slices.Contains(e.Names, d.nodes[n].name) {
			d.filesRead[n] = true
			found = append(found, d.core.nodeFiles(int32(n)))
		}
	}
	return found
}

// namedAccounts are the ServiceAccounts of those names, as far as they have rights.
func namedAccounts(d *drawing, e *heldEffect) []int32 {
	var found []int32
	for i, a := range d.accounts {
		if (e.Namespace == "" || a.name.namespace == e.Namespace) && slices.Contains(e.Names, a.name.name) {
			found = append(found, d.core.account(int32(i)))
		}
	}
	return found
}

// namedSecrets are the Secrets of those names. In the whole cluster they are those that are known, and one that stands for
// the others.
func namedSecrets(d *drawing, e *heldEffect) []int32 {
	var found []int32
	for _, of := range e.Names {
		if e.slot != wholeCluster {
			found = append(found, d.secret(d.namespaceAt[e.slot], of))
			continue
		}
		for i, namespace := range d.namespaces {
			if _, known := d.state.named[name{namespace, of}]; known {
				found = append(found, d.secret(int32(i), of))
			}
		}
		v, _ := d.core.object(Vertex{KindSecret, Key{Name: of}})
		d.core.secretAt[v] = secretAt{absent, absent}
		found = append(found, v)
	}
	return found
}

// secret is the vertex of a Secret that an effect names.
func (d *drawing) secret(namespace int32, of string) int32 {
	id := name{d.namespaces[namespace], of}
	v, _ := d.core.object(Vertex{KindSecret, Key{Namespace: id.namespace, Name: of}})
	at := secretAt{namespace, absent}
	if slot, known := d.state.named[id]; known {
		at.slot = slot
	}
	d.core.secretAt[v] = at
	return v
}

// eachPodNamed visits the pods that an effect names.
func (d *drawing) eachPodNamed(e *heldEffect, visit func(*groupAt)) {
	from, to := 0, len(d.workloads)
	if e.Namespace != "" {
		from, to = d.workloadsOf(e.Namespace)
	}
	d.eachPod(from, to, func(pod string, _ int32) bool { return slices.Contains(e.Names, pod) }, visit)
}

// eachPod visits the pods of a range of workloads that are wanted, as groups of one, with a vertex of their own.
func (d *drawing) eachPod(from, to int, wanted func(pod string, node int32) bool, visit func(*groupAt)) {
	for i := from; i < to; i++ {
		w := d.workloads[i]
		for j := range w.groups {
			for k, pod := range w.groups[j].podNames {
				if !wanted(pod, w.groups[j].podNodes[k]) {
					continue
				}
				v, fresh := d.core.object(Vertex{KindPod, Key{Namespace: w.key.Namespace, Name: pod}})
				one := groupAt{&w.groups[j], v, int32(i), int32(j), int32(k)}
				if fresh {
					d.groups = append(d.groups, one)
					d.core.podAt[v] = one
				}
				visit(&one)
			}
		}
	}
}
