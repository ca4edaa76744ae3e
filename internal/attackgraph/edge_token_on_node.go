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
		draw:    func(d *drawing) { d.eachHolder(d.keep) },
	}
}

// keep draws the edges to what lies on the nodes of pods.
func (d *drawing) keep(p *podsAt, to int32) {
	d.eachNode(p, func(n, pod int32) {
		if n != absent {
			d.eachViewOf(n, func(from int32) { d.edge(from, to, "", p.by(pod)) })
		}
	})
}

// eachHolder visits the pods that hold a token with rights, with the vertex of its account.
func (d *drawing) eachHolder(visit func(p *podsAt, account int32)) {
	for i := range d.holders {
		for j := range d.holders[i] {
			visit(&d.holders[i][j], d.core.account(int32(i)))
		}
	}
}
