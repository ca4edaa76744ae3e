package attackgraph

// It takes two things that need not come the same way: the right over nodes, and root on one of them. Only a workload that
// gets the second by itself has the edge.
func stealPods() Edge {
	return Edge{
		ID: "StealPods", Catalogue: []string{"R19", "R20", "N09"}, ATTACK: []string{"T1528"},
		From: between(KindPermissionSet), To: between(KindStolenPods), flags: needsNode,
		Title: "Drive pods to a node of its own",
		Why: "With the other nodes closed or their pods evicted, pods that can run elsewhere come back on the node that the " +
			"attacker controls, with their tokens and Secrets.",
		Condition: "The pods must be able to run on the node that it controls.",
		Sources:   "rbac-police steal_pods, modify_node_status; Kubernetes documentation, node isolation.",
		rights:    []right{{privileges: powers("RBACStealPods", "RBACWriteNodes"), consequences: leadsToPods(), to: KindStolenPods}},
	}
}
