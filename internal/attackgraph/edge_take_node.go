package attackgraph

// A pod that gets out of its container as root has the node that it runs on, and no other.
func takeNode() Edge {
	return Edge{
		ID: "TakeNode", ATTACK: []string{"T1611"},
		Catalogue: []string{"P01", "P02", "P09", "P14", "P15", "H01", "H02", "H03", "H06", "H07", "H09", "H10", "H11"},
		From:      between(KindWorkload, KindPod), To: between(KindNode),
		Title: "Escape to the node as root",
		Why: "A privileged container, a dangerous capability or a directory of the node makes code in the pod root on its " +
			"node. The nodes of other pods of the workload are reached only from those pods.",
		Sources: "KubeHound CE_PRIV_MOUNT, CE_MODULE_LOAD, CE_NSENTER, EXPLOIT_HOST_WRITE; IceKube; badPods.",
		draw: func(d *drawing) {
			d.eachGroup(func(g *groupAt) {
				if g.root != nil {
					d.eachNode(g, func(n int32, pod int) {
						d.edge(g.vertex, d.core.node(n), g.root.Condition, g.by(g.root, pod))
					})
				}
			})
		},
	}
}
