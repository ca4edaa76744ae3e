package attackgraph

// The users of the control plane may request tokens of any ServiceAccount, so that impersonating users leads to all of them.
func impersonate() Edge {
	return Edge{
		ID: "Impersonate", Catalogue: []string{"R13", "R13s", "R13c"}, ATTACK: []string{"T1078"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindAllServiceAccounts, KindServiceAccount),
		Title:   "Impersonate",
		Why:     "A request in the name of another identity is judged by that one's rights.",
		Sources: "Kubernetes documentation, user impersonation; KEP-5284; IceKube CAN_IMPERSONATE; rbac-police impersonate.",
		rights: []right{
			{privileges: powers("RBACImpersonateGroups", "RBACImpersonateUsers"), consequences: leadsToAdmin(), to: KindClusterAdmin},
			{
				privileges:   powers("RBACImpersonateUsers", "RBACImpersonateConstrained"),
				consequences: leadsToPods(), to: KindAllServiceAccounts,
			},
			{
				privileges:   powers("RBACImpersonateServiceAccounts"),
				consequences: leadsToPods(), to: KindAllServiceAccounts, named: namedAccounts, resolved: true,
			},
		},
	}
}
