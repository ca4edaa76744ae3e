package attackgraph

// As with MountSecret, only Secrets with a token get an edge drawn.
func secretOnNode() Edge {
	return Edge{
		ID: "SecretOnNode", Catalogue: []string{"N02", "N03"}, ATTACK: []string{"T1552.001"},
		From: between(KindNode, KindNodeFiles), To: between(KindSecret),
		Title: "Read the Secrets of the pods on the node",
		Why: "The Node authorizer gives the kubelet every Secret that a pod on its node refers to, those for pulling images " +
			"included; mounted ones lie in memory of the node.",
		Sources: "Kubernetes source, plugin/pkg/auth/authorizer/node; KubeHound VOLUME_ACCESS.",
		because: "it needs the Secret",
		draw: func(d *drawing) {
			if len(d.bearing) == 0 {
				return
			}
			d.eachMount(func(g *groupAt, to int32) {
				d.eachNode(g, func(n int32, pod int) {
					if n != absent {
						d.eachViewOf(n, func(from int32) { d.edge(from, to, "", g.by(nil, pod)) })
					}
				})
			})
		},
	}
}

// eachMount visits the groups of all workloads that refer to a Secret with a token.
func (d *drawing) eachMount(visit func(g *groupAt, secret int32)) {
	for i, w := range d.workloads {
		for j := range w.groups {
			g := &groupAt{&w.groups[j], absent, int32(i), int32(j), absent}
			for _, slot := range g.onNode {
				if bearing, ok := d.bearing[slot]; ok {
					visit(g, bearing.vertex)
				}
			}
		}
	}
}
