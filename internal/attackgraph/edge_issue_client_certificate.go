package attackgraph

// A certificate in the name of a ServiceAccount has what bindings give to it by name.
func issueClientCertificate() Edge {
	return Edge{
		ID: "IssueClientCertificate", Catalogue: []string{"R17"}, ATTACK: []string{"T1078", "T1098"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindAllServiceAccounts),
		Title:   "Issue a client certificate",
		Why:     "The holder requests and approves a certificate for any user or group but system:masters.",
		Sources: "Kubernetes documentation, RBAC Good Practices, CSRs; IceKube GENERATE_CLIENT_CERTIFICATE; rbac-police approve_csrs.",
		rights: []right{
			{privileges: powers("RBACIssueClientCertificates"), consequences: leadsToAdmin(), to: KindClusterAdmin},
			{privileges: powers("RBACIssueClientCertificates"), consequences: leadsToPods(), to: KindAllServiceAccounts},
		},
	}
}
