package attackgraph

func execIntoPods() Edge {
	return Edge{
		ID: "ExecIntoPods", Catalogue: []string{"R07"}, ATTACK: []string{"T1609"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod),
		Title:   "Run a command in a pod",
		Why:     "A command in a running container has its token, its Secrets and its way out to the node.",
		Sources: "Kubernetes documentation, RBAC Good Practices; KubeHound POD_EXEC; rbac-police pods_exec.",
		rights:  []right{{privileges: powers("RBACExecIntoPods"), consequences: leadsToPods(), to: KindAllPods, named: namedPods}},
	}
}
