package attackgraph

// What the Node authorizer lets a kubelet do follows from the pods on its node: TokenOnNode and SecretOnNode. This edge is
// about what bindings add.
func kubeletIdentity() Edge {
	return Edge{
		ID: "KubeletIdentity", Catalogue: []string{"N02", "G03"}, ATTACK: []string{"T1078", "T1552.001"},
		From: between(KindNode, KindNodeFiles), To: between(KindKubelet),
		Title:   "Act as the kubelet",
		Why:     "The kubelet's client key is a file of the node. A binding to system:nodes gives its role to whoever reads one.",
		Sources: "Kubernetes source, plugin/pkg/auth/authorizer/node; Kubernetes documentation, Node Authorization.",
		because: "the kubelet's credential is a file of the node",
		draw: func(d *drawing) {
			for i, n := range d.nodes {
				if n.kubelet != nil {
					d.eachViewOf(int32(i), func(from int32) { d.edge(from, d.core.kubelet(n), "", reason{}) })
				}
			}
		},
	}
}
