package attackgraph

// Identities with equal effects share a permission set, and so its edges. It is a change of view and not a step: paths go
// from the identity to what its rights lead to.
func haveRights() Edge {
	return Edge{
		ID: "HaveRights", Catalogue: []string{"G03", "G04", "G05", "G06"}, ATTACK: []string{"T1078"},
		From: between(KindServiceAccount, KindKubelet), To: between(KindPermissionSet), flags: noStep,
		Title:   "Use the rights of the identity",
		Why:     "The union of all bindings of an identity and of its groups is what it may do.",
		Sources: "Kubernetes documentation, Using RBAC Authorization; KubeHound PERMISSION_DISCOVER.",
		because: "bindings give it these rights",
		draw: func(d *drawing) {
			for i, a := range d.accounts {
				d.edge(d.core.account(int32(i)), d.core.sets[a.rights], "", reason{})
			}
			for _, n := range d.nodes {
				if n.kubelet != nil {
					d.edge(d.core.kubelet(n), d.core.sets[n.kubelet], "", reason{})
				}
			}
		},
	}
}
