package attackgraph

import "slices"

// What an effect leads to where it is limited to names. Names that nothing has lead nowhere, but for Secrets: which of
// them exist is not known.

// namedPods are the pods of those names.
func namedPods(d *drawing, e *heldEffect) []int32 {
	var found []int32
	d.eachPodNamed(e, func(group, pod int32) { found = append(found, d.pod(group, pod)) })
	return found
}

// nodesOfNamedPods are the nodes that pods of those names run on.
func nodesOfNamedPods(d *drawing, e *heldEffect) []int32 {
	var found []int32
	d.eachPodNamed(e, func(_, pod int32) { found = append(found, d.core.node(d.census.podNodes[pod])) })
	slices.Sort(found)
	return slices.Compact(found)
}

// podsOfNamedNodes are the pods on nodes of those names.
func podsOfNamedNodes(d *drawing, e *heldEffect) []int32 {
	var found []int32
	for n := range d.nodes {
		if slices.Contains(e.Names, d.nodes[n].name) {
			for _, p := range d.census.on(int32(n)) {
				found = append(found, d.pod(p.group, p.pod))
			}
		}
	}
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
	for _, namespace := range d.scopeOf(e) {
		for _, of := range e.Names {
			if i, ok := d.account(name{namespace, of}); ok {
				found = append(found, d.core.account(int32(i)))
			}
		}
	}
	return found
}

// scopeOf are the namespaces in which an effect holds.
func (d *drawing) scopeOf(e *heldEffect) []string {
	if e.slot == wholeCluster {
		return d.namespaces
	}
	return []string{e.Namespace}
}

// namedSecrets are the Secrets of those names. In the whole cluster they are those that are known, and one that stands for
// the others.
func namedSecrets(d *drawing, e *heldEffect) []int32 {
	var found []int32
	for _, of := range e.Names {
		if e.slot == wholeCluster {
			found = append(found, d.secretsAnywhere(of)...)
		} else {
			found = append(found, d.secret(d.namespaceAt[e.slot], of))
		}
	}
	return found
}

func (d *drawing) secretsAnywhere(of string) []int32 {
	v, fresh := d.core.object(Vertex{KindSecret, Key{Name: of}})
	if fresh {
		d.core.secretAt[v] = secretAt{absent, absent}
		for i, namespace := range d.namespaces {
			if _, known := d.state.named[name{namespace, of}]; known {
				d.anywhere[v] = append(d.anywhere[v], d.secret(int32(i), of))
			}
		}
		d.anywhere[v] = append(d.anywhere[v], v)
	}
	return d.anywhere[v]
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
func (d *drawing) eachPodNamed(e *heldEffect, visit func(group, pod int32)) {
	from, to := d.census.groupsIn(d.namespaceOf(e))
	for number := from; number < to; number++ {
		g := &d.census.groups[number]
		for i, of := range g.podNames {
			if slices.Contains(e.Names, of) {
				visit(number, g.firstPod+int32(i))
			}
		}
	}
}

// pod is the vertex of a pod that an effect names.
func (d *drawing) pod(group, pod int32) int32 {
	v, fresh := d.core.object(Vertex{KindPod, d.census.podName(group, pod)})
	if fresh {
		one := podsAt{group, v, pod, pod + 1}
		d.core.podAt[v] = one
		d.pods = append(d.pods, one)
		if d.group(&one).read != nil && d.census.podNodes[pod] != absent {
			d.filesRead[d.census.podNodes[pod]] = true
		}
	}
	return v
}
