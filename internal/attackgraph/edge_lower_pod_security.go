package attackgraph

func lowerPodSecurity() Edge {
	return Edge{
		ID: "LowerPodSecurity", Catalogue: []string{"R31", "R04"}, ATTACK: []string{"T1562.001", "T1610", "T1611"},
		From: between(KindPermissionSet), To: between(KindAllNodes),
		Title:   "Lower Pod Security and place a privileged pod",
		Why:     "The label that holds Pod Security back is the holder's to change, and the next pod is privileged.",
		Sources: "Kubernetes documentation, RBAC Good Practices, namespace modification; IceKube PATCH_NAMESPACE_TO_BYPASS_PSA.",
		rights:  []right{{privileges: powers("RBACLowerPodSecurity"), consequences: leadsToNodes(), to: KindAllNodes}},
	}
}
