package attackgraph

// Whether Pod Security of the namespace admits a privileged pod has been asked before: the effect is there, or it is not.
func placePrivilegedPod() Edge {
	return Edge{
		ID: "PlacePrivilegedPod", Catalogue: []string{"R04", "R05c", "R05u", "R01"}, ATTACK: []string{"T1610", "T1611"},
		From: between(KindPermissionSet), To: between(KindAllNodes),
		Title:   "Place a privileged pod on a node of its choice",
		Why:     "Where Pod Security admits it, a pod that names its node is root on that node, one after the other.",
		Sources: "Kubernetes documentation, Pod Security Standards; IceKube CREATE_PRIVILEGED_WORKLOAD.",
		rights: []right{{
			privileges: powers("RBACCreatePods", "RBACCreateWorkloads", "RBACUpdateWorkloads", "RBACClusterAdmin",
				"RBACEscalateRoles", "RBACBindClusterRolesInNamespace"),
			consequences: leadsToNodes(), to: KindAllNodes,
		}},
	}
}
