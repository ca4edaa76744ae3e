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
		draw:    func(d *drawing) { d.eachMount(d.keep) },
	}
}

// eachMount visits the groups of all workloads that need a Secret with a token.
func (d *drawing) eachMount(visit func(p *podsAt, secret int32)) {
	if len(d.bearing) == 0 {
		return
	}
	for number := range int32(len(d.census.groups)) {
		p := d.all(number)
		for _, slot := range d.census.needs(d.group(&p)) {
			if bearing, ok := d.bearing[slot]; ok {
				visit(&p, bearing.vertex)
			}
		}
	}
}
