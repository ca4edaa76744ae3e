package attackgraph

func nodeInCluster() Edge {
	return Edge{
		ID: "NodeInCluster", Catalogue: []string{"R04", "R25", "R31", "R18f"}, ATTACK: []string{"T1611"},
		From: between(KindAllNodes, KindAllNodeFiles), To: between(KindNode, KindNodeFiles),
		Title:   "Choose a node",
		Why:     "Who gets onto any node gets onto each, those of the control plane included where they are visible.",
		Sources: "Catalogue, section D.4: edges to hubs, once.",
		because: "the node is in the cluster",
		draw: func(d *drawing) {
			for i := range d.nodes {
				d.edge(allNodesVertex, d.core.node(int32(i)), "", reason{})
				if d.filesRead[i] {
					d.edge(allNodeFilesVertex, d.core.nodeFiles(int32(i)), "", reason{})
				}
			}
		},
	}
}
