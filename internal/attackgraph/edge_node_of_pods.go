package attackgraph

// Drawn only for the scopes that an effect leads to: that is each namespace with each of its nodes.
func nodeOfPods() Edge {
	return Edge{
		ID: "NodeOfPods", Catalogue: []string{"R11"}, ATTACK: []string{"T1611"},
		From: between(KindPodNodes), To: between(KindNode),
		Title:   "Choose a pod for its node",
		Why:     "Who puts a privileged container into any pod of a scope is root on every node that runs one of them.",
		Sources: "Catalogue, row R11; IceKube DEBUG_POD.",
		because: "it runs on the node",
		draw: func(d *drawing) {
			wanted := make(map[int32]bool)
			d.eachEffect(&addEphemeralContainer().rights[1], func(_ int32, e *heldEffect) { wanted[d.namespaceOf(e)] = true })
			for namespace := int32(absent); int(namespace) < len(d.namespaces); namespace++ {
				if wanted[namespace] {
					d.nodesOfPods(namespace)
				}
			}
		},
	}
}

// nodesOfPods draws the edges to the nodes that run pods of a namespace.
func (d *drawing) nodesOfPods(namespace int32) {
	seen := make(map[int32]bool)
	from, to := d.census.groupsIn(namespace)
	for number := from; number < to; number++ {
		p := d.all(number)
		d.eachNode(&p, func(n, pod int32) {
			if n != absent && !seen[n] {
				seen[n] = true
				d.edge(d.core.hub(podNodesHub, namespace), d.core.node(n), "", p.by(pod))
			}
		})
	}
}
