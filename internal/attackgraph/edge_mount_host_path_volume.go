package attackgraph

func mountHostPathVolume() Edge {
	return Edge{
		ID: "MountHostPathVolume", Catalogue: []string{"R25", "R04"}, ATTACK: []string{"T1610", "T1611"},
		From: between(KindPermissionSet), To: between(KindAllNodes),
		Title:   "Mount a directory of a node through a PersistentVolume",
		Why:     "A claim on a hostPath volume passes every Pod Security level and opens the files of the node to the pod.",
		Sources: "Kubernetes documentation, RBAC Good Practices, persistent volume creation.",
		rights: []right{{
			privileges:   powers("RBACMountHostPathVolumes", "RBACCreatePersistentVolumes"),
			consequences: leadsToNodes(), to: KindAllNodes,
		}},
	}
}
