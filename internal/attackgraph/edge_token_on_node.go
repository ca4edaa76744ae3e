package attackgraph

// The kubelet writes the tokens of its pods to the disk of the node. It can ask for another one of the same ServiceAccount,
// but only for a pod of its own that projects a token for the API server (NodeRestriction, since 1.33), so that this says
// the same as the files do.
func tokenOnNode() Edge {
	return Edge{
		ID: "TokenOnNode", Catalogue: []string{"N01", "N02"}, ATTACK: []string{"T1528", "T1552.001"},
		From: between(KindNode, KindNodeFiles), To: between(KindServiceAccount),
		Title: "Take the tokens of the pods on the node",
		Why: "Whoever reads the node's files has the token of every pod that runs there: the identity, not the other pods " +
			"that have it too.",
		Sources: "KubeHound TOKEN_STEAL; IceKube ACCESS_POD; Kubernetes source, plugin/pkg/admission/noderestriction.",
		because: "its token lies on the node",
		draw: func(d *drawing) {
			for i := range d.holders {
				to := d.core.account(int32(i))
				for j := range d.holders[i] {
					g := &d.holders[i][j]
					d.eachNode(g, func(n int32, pod int) {
						if n != absent {
							d.eachViewOf(n, func(from int32) { d.edge(from, to, "", g.by(nil, pod)) })
						}
					})
				}
			}
		},
	}
}
