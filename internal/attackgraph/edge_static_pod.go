package attackgraph

// A static pod cannot refer to a ServiceAccount or a Secret, so that nothing follows from it but that it runs.
func staticPod() Edge {
	return Edge{
		ID: "StaticPod", Catalogue: []string{"N07", "H03"}, ATTACK: []string{"T1610", "T1543.005"},
		From: between(KindNode, KindAllNodes), To: between(KindStaticPods),
		Title:   "Start a static pod",
		Why:     "The kubelet runs what lies in its manifest directory, past admission and whether the API server hears of it or not.",
		Sources: "Kubernetes documentation, API server bypass risks, static Pods.",
		because: "the kubelet runs the manifests in its directory",
		draw: func(d *drawing) {
			d.edge(someNodeVertex, staticPodsVertex, "", reason{})
			d.edge(allNodesVertex, staticPodsVertex, "", reason{})
			for i := range d.nodes {
				d.edge(d.core.node(int32(i)), staticPodsVertex, "", reason{})
			}
		},
	}
}
