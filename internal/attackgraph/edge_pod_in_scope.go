package attackgraph

// A workload without pods is in scope too: those of a CronJob come and go, and answers must not with them.
func podInScope() Edge {
	return Edge{
		ID: "PodInScope", Catalogue: []string{"R06", "R07", "R11", "R18"}, ATTACK: []string{"T1609"},
		From: between(KindAllPods), To: between(KindWorkload),
		Title:   "Choose a pod",
		Why:     "Who gets into any pod of a scope gets into each pod of every workload there, and to the nodes of all of them.",
		Sources: "Catalogue, section D.4: edges to hubs, once.",
		because: "its pods are in scope",
		draw: func(d *drawing) {
			for i, w := range d.workloads {
				if v := d.core.vertexOf[i]; v != absent {
					d.edge(d.core.hub(podsHub, d.namespaceAt[w.namespace]), v, "", reason{})
					d.edge(d.core.hub(podsHub, absent), v, "", reason{})
				}
			}
		},
	}
}
