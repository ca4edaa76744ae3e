package attackgraph

func rewriteObjects() Edge {
	return Edge{
		ID: "RewriteObjects", Catalogue: []string{"R21m", "R21v", "R22"}, ATTACK: []string{"T1610", "T1552.007"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindSecrets),
		Title: "See and rewrite what is written to the API server",
		Why: "A mutating webhook or policy puts a container into the pods of kube-system; a webhook of either kind sees every " +
			"Secret on its way.",
		Sources: "Kubernetes documentation, RBAC Good Practices, control of admission webhooks; KEP-3962; rbac-police control_webhooks.",
		rights: []right{
			{
				privileges:   powers("RBACWriteMutatingWebhooks", "RBACWriteMutatingAdmissionPolicies"),
				consequences: leadsToAdmin(), to: KindClusterAdmin,
			},
			{
				privileges:   powers("RBACWriteMutatingWebhooks", "RBACWriteValidatingWebhooks"),
				consequences: leadsToSecrets(), to: KindSecrets,
			},
		},
	}
}
