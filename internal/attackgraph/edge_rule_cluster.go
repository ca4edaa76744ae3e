package attackgraph

// Cluster-admin can do everything else, so that every answer after it is Yes too.
func ruleCluster() Edge {
	return Edge{
		ID: "RuleCluster", Catalogue: []string{"R01"}, ATTACK: []string{"T1078"},
		From: between(KindClusterAdmin), To: between(KindNamespaceOwner, KindAllNodes),
		Title:   "Use the cluster as its administrator",
		Why:     "cluster-admin owns every namespace, and every node by a pod that it places there.",
		Sources: "Kubernetes documentation, Using RBAC Authorization, user-facing roles.",
		because: "cluster-admin may do everything",
		draw: func(d *drawing) {
			d.edge(adminVertex, d.core.hub(ownerHub, absent), "", reason{})
			d.edge(adminVertex, allNodesVertex, "", reason{})
		},
	}
}
