package attackgraph

func useInNewPod() Edge {
	return Edge{
		ID: "UseInNewPod", Catalogue: []string{"R04", "R05c", "R05u"}, ATTACK: []string{"T1610", "T1552.001"},
		From: between(KindNewPods), To: between(KindAllServiceAccounts, KindSecrets),
		Title:   "Ask for it in a new pod",
		Why:     "A pod names its ServiceAccount and its Secrets itself; nobody asks whether its creator may use them.",
		Sources: "Kubernetes documentation, RBAC Good Practices, workload creation.",
		because: "a pod may ask for anything in its namespace",
		draw: func(d *drawing) {
			for namespace := int32(absent); int(namespace) < len(d.namespaces); namespace++ {
				d.edge(d.core.hub(newPodsHub, namespace), d.core.hub(accountsHub, namespace), "", reason{})
				d.edge(d.core.hub(newPodsHub, namespace), d.core.hub(secretsHub, namespace), "", reason{})
			}
		},
	}
}
