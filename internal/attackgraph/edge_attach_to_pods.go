package attackgraph

func attachToPods() Edge {
	return Edge{
		ID: "AttachToPods", Catalogue: []string{"R08"}, ATTACK: []string{"T1609"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod),
		Title:   "Type into the process of a pod",
		Why:     "A shell that waits for input runs what is typed into it.",
		Sources: "Kubernetes documentation, RBAC Good Practices; KubiScan risky-attach-pods.",
		rights:  []right{{privileges: powers("RBACAttachToPods"), consequences: leadsToPods(), to: KindAllPods, named: namedPods}},
	}
}
