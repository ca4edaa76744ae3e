package attackgraph

// Names are no limit: the template of the one workload that is named may ask for any ServiceAccount and Secret.
func createPods() Edge {
	return Edge{
		ID: "CreatePods", Catalogue: []string{"R04", "R05c", "R05u"}, ATTACK: []string{"T1610", "T1053.007"},
		From: between(KindPermissionSet), To: between(KindNewPods),
		Title:   "Create a pod, or a workload that makes one",
		Why:     "A new pod runs as any ServiceAccount of the namespace and mounts any of its Secrets.",
		Sources: "Kubernetes documentation, RBAC Good Practices, workload creation; KubeHound POD_CREATE; IceKube CREATE_POD_WITH_SA.",
		rights: []right{{
			privileges:   powers("RBACCreatePods", "RBACCreateWorkloads", "RBACUpdateWorkloads"),
			consequences: leadsToPods(), to: KindNewPods,
		}},
	}
}
