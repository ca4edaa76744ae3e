package attackgraph

func ownNamespace() Edge {
	return Edge{
		ID: "OwnNamespace", Catalogue: []string{"R01"}, ATTACK: []string{"T1078"},
		From: between(KindNamespaceOwner), To: between(KindAllPods, KindAllServiceAccounts, KindNewPods, KindSecrets),
		Title:   "Use a namespace as its owner",
		Why:     "Who may do everything in a namespace has its pods, its identities and its Secrets, and makes new pods.",
		Sources: "Kubernetes documentation, RBAC Good Practices; rbac-police.",
		because: "everything in the namespace is allowed",
		draw: func(d *drawing) {
			for namespace := int32(absent); int(namespace) < len(d.namespaces); namespace++ {
				for _, to := range [...]int32{podsHub, accountsHub, newPodsHub, secretsHub} {
					d.edge(d.core.hub(ownerHub, namespace), d.core.hub(to, namespace), "", reason{})
				}
			}
		},
	}
}
