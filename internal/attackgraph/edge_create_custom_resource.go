package attackgraph

func createCustomResource() Edge {
	return Edge{
		ID: "CreateCustomResource", Catalogue: []string{"R45"}, ATTACK: []string{"T1610", "T1053.007"},
		From: between(KindPermissionSet), To: between(KindNewPods, KindClusterAdmin),
		Title:   "Let a controller make a pod",
		Why:     "A controller makes pods, or applies manifests with its own rights, for whoever writes its custom resources.",
		Sources: "Documentation of the projects that RBACCreateCustomResources names.",
		rights: []right{
			{privileges: powers("RBACCreateCustomResources"), consequences: leadsToPods(), to: KindNewPods},
			{privileges: powers("RBACCreateCustomResources"), consequences: leadsToAdmin(), to: KindClusterAdmin},
		},
	}
}
