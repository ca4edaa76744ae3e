package attackgraph

// Reading the node's files is less than root: no pod is controlled by it, but what the kubelet keeps for its pods is read.
func readNode() Edge {
	return Edge{
		ID: "ReadNode", Catalogue: []string{"P02", "P17", "H01", "H04", "H05", "H06", "H08", "H10"},
		ATTACK: []string{"T1611", "T1552.001"},
		From:   between(KindWorkload, KindPod), To: between(KindNodeFiles),
		Title:   "Read the files of the node",
		Why:     "The kubelet keeps the tokens and Secrets of its pods, and its own credential, in files of the node.",
		Sources: "KubeHound EXPLOIT_HOST_READ, EXPLOIT_HOST_TRAVERSE; IceKube CAN_ACCESS_HOST_FD.",
		draw: func(d *drawing) {
			d.eachGroup(func(g *groupAt) {
				if g.read == nil {
					return
				}
				d.eachNode(g, func(n int32, pod int) {
					if n != absent {
						d.edge(g.vertex, d.core.nodeFiles(n), g.read.Condition, g.by(g.read, pod))
					}
				})
			})
		},
	}
}
