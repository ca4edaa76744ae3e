package attackgraph

func escalateRole() Edge {
	return Edge{
		ID: "EscalateRole", Catalogue: []string{"R14c", "R14r"}, ATTACK: []string{"T1098.006"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindNamespaceOwner),
		Title:   "Put rights into a role of its own",
		Why:     "Whoever may escalate writes rights into a role that it does not have itself, and is bound to it, or will be.",
		Sources: "Kubernetes documentation, RBAC Good Practices, escalate verb; IceKube RBAC_ESCALATE_TO.",
		rights: []right{
			{privileges: powers("RBACEscalateClusterRoles"), consequences: leadsToAdmin(), to: KindClusterAdmin},
			{privileges: powers("RBACEscalateRoles"), consequences: leadsToPods(), to: KindNamespaceOwner},
		},
	}
}
