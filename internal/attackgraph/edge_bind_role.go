package attackgraph

func bindRole() Edge {
	return Edge{
		ID: "BindRole", Catalogue: []string{"R15c", "R15n", "R15r"}, ATTACK: []string{"T1098.006"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindNamespaceOwner),
		Title: "Bind a role to itself",
		Why: "With bind on ClusterRoles and the right to make bindings the holder takes cluster-admin: in the cluster by a " +
			"ClusterRoleBinding, in a namespace by a RoleBinding.",
		Sources: "Kubernetes source, pkg/registry/rbac/escalation_check.go; KubeHound ROLE_BIND.",
		rights: []right{
			{
				privileges:   powers("RBACBindClusterRolesInCluster", "RBACBindClusterRolesInNamespace"),
				consequences: leadsToAdmin(), to: KindClusterAdmin,
			},
			{
				privileges:   powers("RBACBindClusterRolesInNamespace", "RBACBindRoles"),
				consequences: leadsToPods(), to: KindNamespaceOwner,
			},
		},
	}
}
