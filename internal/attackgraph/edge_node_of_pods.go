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
			d.eachEffect(&addEphemeralContainer().rights[1], func(held heldBy) { wanted[d.namespaceOf(held.effect)] = true })
			for namespace := int32(absent); int(namespace) < len(d.namespaces) && len(wanted) > 0; namespace++ {
				if !wanted[namespace] {
					continue
				}
				from, to := 0, len(d.workloads)
				if namespace != absent {
					from, to = d.workloadsOf(d.namespaces[namespace])
				}
				d.nodesOf(from, to, d.core.hub(podNodesHub, namespace))
			}
		},
	}
}

// nodesOf draws edges from a hub to the nodes that run pods of a range of workloads.
func (d *drawing) nodesOf(from, to int, hub int32) {
	seen := make(map[int32]bool)
	for i := from; i < to; i++ {
		w := d.workloads[i]
		for j := range w.groups {
			g := &groupAt{&w.groups[j], absent, int32(i), int32(j), absent}
			d.eachNode(g, func(n int32, pod int) {
				if n != absent && !seen[n] {
					seen[n] = true
					d.edge(hub, d.core.node(n), "", g.by(nil, pod))
				}
			})
		}
	}
}
