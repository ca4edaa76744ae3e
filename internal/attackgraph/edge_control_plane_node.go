package attackgraph

// A provider that keeps the control plane to itself shows no such node.
func controlPlaneNode() Edge {
	return Edge{
		ID: "ControlPlaneNode", Catalogue: []string{"N04", "P20"}, ATTACK: []string{"T1552.001", "T1078"},
		From: between(KindNode, KindNodeFiles), To: between(KindClusterAdmin),
		Title:   "Take the keys of the cluster",
		Why:     "The certificate authority, etcd and the administrator's credential lie on a node of the control plane.",
		Sources: "IceKube IS_CLUSTER_ADMIN; kubeadm documentation, certificates.",
		because: "the node carries the label of the control plane",
		draw: func(d *drawing) {
			for i, n := range d.nodes {
				if n.controlPlane {
					d.eachViewOf(int32(i), func(from int32) { d.edge(from, adminVertex, "", reason{}) })
				}
			}
		},
	}
}
