package attackgraph

// Whoever runs code in a pod that holds a token acts as its ServiceAccount. A token that is only good elsewhere, for a
// cloud or for Vault, is none.
func holdToken() Edge {
	return Edge{
		ID: "HoldToken", Catalogue: []string{"P12"}, ATTACK: []string{"T1528", "T1550.001"},
		From: between(KindWorkload, KindPod), To: between(KindServiceAccount),
		Title:   "Use the token of the pod",
		Why:     "A token that a container can read is the identity itself: the API server does not ask where it is used.",
		Sources: "Kubernetes documentation, Configure Service Accounts for Pods; KubeHound IDENTITY_ASSUME.",
		because: "a container holds its token",
		draw: func(d *drawing) {
			d.eachGroup(func(g *groupAt) {
				if account := d.accountAt[g.account]; g.token && account != absent {
					d.edge(g.vertex, d.core.account(account), "", reason{})
				}
			})
		},
	}
}
