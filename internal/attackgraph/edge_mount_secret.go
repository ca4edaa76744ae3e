package attackgraph

// Of the Secrets that pods mount only those with a token get an edge drawn: the others lead nowhere, and the search knows
// from the pods which they are.
func mountSecret() Edge {
	return Edge{
		ID: "MountSecret", Catalogue: []string{"P13"}, ATTACK: []string{"T1552.001"},
		From: between(KindWorkload, KindPod), To: between(KindSecret),
		Title:   "Read a Secret of the pod",
		Why:     "What a container mounts or has in its environment is read by whoever runs code in it.",
		Sources: "Kubernetes documentation, Secrets; IceKube MOUNTS_SECRET; KubeHound VOLUME_DISCOVER.",
		because: "a container mounts it or has it in its environment",
		draw: func(d *drawing) {
			if len(d.bearing) == 0 {
				return
			}
			d.eachGroup(func(g *groupAt) {
				for _, slot := range g.mounted.slots {
					if bearing, ok := d.bearing[slot]; ok {
						d.edge(g.vertex, bearing.vertex, "", reason{})
					}
				}
			})
		},
	}
}
