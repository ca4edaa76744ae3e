package rbac

import "github.com/daysix/daysix/internal/finding"

// outage is a privilege that stops things and gives nothing.
func outage(p Privilege) Privilege {
	p.Cluster = certain(finding.DenialOfService)
	if !p.clusterOnly() {
		p.Namespace = p.Cluster
	}
	return p
}

func deletePods() Privilege {
	return outage(Privilege{
		ID: "RBACDeletePods", Catalogue: []string{"R20"},
		Title:   "May delete or evict pods",
		Why:     "Workloads stop as often as the holder likes; with nodes closed, their pods can be driven elsewhere.",
		Fix:     "Remove delete and deletecollection on pods and create on pods/eviction.",
		Needs:   [][]Access{anyOf(namespaced("", "pods", "delete", "deletecollection"), namespaced("", "pods/eviction", "create"))},
		Sources: "rbac-police steal_pods; Kubescape C-0007.",
	})
}

func deleteNamespaces() Privilege {
	return outage(Privilege{
		ID: "RBACDeleteNamespaces", Catalogue: []string{"R31d"},
		Title:   "May delete namespaces",
		Why:     "Everything in the namespace goes with it. A RoleBinding in the namespace is enough.",
		Fix:     "Remove delete on namespaces.",
		Needs:   [][]Access{anyOf(namespaceItself("delete"))},
		Sources: "Kubescape C-0007.",
	})
}

func writeLeases() Privilege {
	return outage(Privilege{
		ID: "RBACWriteLeases", Catalogue: []string{"R34"},
		Title: "May write Leases",
		Why: "A Lease that is taken stops the controller that waits for it; that of a node in kube-node-lease keeps a dead " +
			"node alive.",
		Fix:     "Limit the rule by resourceNames to the Lease of the workload.",
		Named:   certain(finding.Contained),
		Needs:   [][]Access{anyOf(namespaced("coordination.k8s.io", "leases", "update", "patch", "delete", "deletecollection"))},
		Sources: "Kubernetes documentation, Leases.",
	})
}

func writeQuotas() Privilege {
	verbs := []string{"create", "update", "patch", "delete", "deletecollection"}
	return outage(Privilege{
		ID: "RBACWriteQuotas", Catalogue: []string{"R35"},
		Title: "May write quotas, limits or priorities",
		Why:   "A quota of nothing stops new pods; a high priority drives other pods off the nodes.",
		Fix:   "Leave quotas, limits and priority classes to the people who run the cluster.",
		Needs: [][]Access{anyOf(
			namespaced("", "resourcequotas", verbs...), namespaced("", "limitranges", verbs...),
			clusterScoped("scheduling.k8s.io", "priorityclasses", verbs...),
		)},
		Sources: "Kubernetes documentation, RBAC Good Practices, object creation denial-of-service.",
	})
}

func scaleWorkloads() Privilege {
	update := []string{"update", "patch"}
	return outage(Privilege{
		ID: "RBACScaleWorkloads", Catalogue: []string{"R48"},
		Title: "May scale workloads or block drains",
		Why:   "A workload scaled to nothing is down; a disruption budget of nothing keeps nodes from being drained.",
		Fix:   "Limit the rule to the workloads that are scaled.",
		Needs: [][]Access{anyOf(
			namespaced("apps", "deployments/scale", update...), namespaced("apps", "statefulsets/scale", update...),
			namespaced("apps", "replicasets/scale", update...), namespaced("", "replicationcontrollers/scale", update...),
			namespaced("autoscaling", "horizontalpodautoscalers", "create", "update", "patch", "delete"),
			namespaced("policy", "poddisruptionbudgets", "create", "update", "patch", "delete"),
		)},
		Sources: "Derived from the scale subresource and disruption budgets.",
	})
}

func writeFlowSchemas() Privilege {
	const group = "flowcontrol.apiserver.k8s.io"
	verbs := []string{"create", "update", "patch", "delete", "deletecollection"}
	return outage(Privilege{
		ID: "RBACWriteFlowSchemas", Catalogue: []string{"R49"},
		Title: "May write API priority and fairness",
		Why:   "The requests of others wait for ever behind those of the holder.",
		Fix:   "Leave flow schemas and priority levels to the people who run the cluster.",
		Needs: [][]Access{anyOf(
			clusterScoped(group, "flowschemas", verbs...), clusterScoped(group, "prioritylevelconfigurations", verbs...),
		)},
		Sources: "Kubernetes documentation, API priority and fairness.",
	})
}

func writeEvents() Privilege {
	verbs := []string{"update", "patch", "delete", "deletecollection"}
	return Privilege{
		ID: "RBACWriteEvents", Catalogue: []string{"R39"},
		Title:   "May change or delete Events",
		Why:     "Traces in Events can be hidden. Writing new ones is what every controller does.",
		Fix:     "Keep create and patch, which event recorders use; remove delete.",
		Cluster: certain(finding.Contained), Namespace: certain(finding.Contained),
		Needs:   [][]Access{anyOf(namespaced("", "events", verbs...), namespaced("events.k8s.io", "events", verbs...))},
		Sources: "Kubescape C-0031.",
	}
}
