package rbac

import "github.com/daysix/daysix/internal/finding"

// workloads are the built-in kinds whose controllers make pods. The group extensions is not served any more.
func workloads(verbs ...string) []Access {
	return []Access{
		namespaced("apps", "deployments", verbs...), namespaced("apps", "daemonsets", verbs...),
		namespaced("apps", "statefulsets", verbs...), namespaced("apps", "replicasets", verbs...),
		namespaced("", "replicationcontrollers", verbs...),
		namespaced("batch", "jobs", verbs...), namespaced("batch", "cronjobs", verbs...),
	}
}

func createWorkloads() Privilege {
	return Privilege{
		ID: "RBACCreateWorkloads", Catalogue: []string{"R05c"},
		Title: "May create Deployments, Jobs and the like",
		Why: "A controller makes the pods of the template: any ServiceAccount, Secret and volume claim of the namespace, on " +
			"any node, within what Pod Security admits.",
		Fix:     "Limit the rule to the kinds and namespaces that the workload manages, and enforce restricted there.",
		Cluster: certain(finding.PodsOfCluster, finding.SecretsOfCluster), Namespace: ownerEffects(),
		PodSecurity: true, Identities: true,
		Needs: [][]Access{workloads("create")},
		Sources: "Kubernetes documentation, RBAC Good Practices, workload creation; IceKube CREATE_POD_WITH_SA; KubiScan " +
			"risky-create-deployments.",
	}
}

// A rule with resourceNames is no less: the template of the one that is named may ask for any ServiceAccount.
func updateWorkloads() Privilege {
	return Privilege{
		ID: "RBACUpdateWorkloads", Catalogue: []string{"R05u"},
		Title: "May change Deployments, Jobs and the like",
		Why: "A changed template takes another image, another ServiceAccount or more rights on the node; a DaemonSet does so " +
			"on every node.",
		Fix:     "Limit the rule to the kinds and namespaces that the workload manages; scale has a subresource of its own.",
		Cluster: certain(finding.PodsOfCluster, finding.SecretsOfCluster), Namespace: ownerEffects(),
		PodSecurity: true, Identities: true,
		Needs:   [][]Access{workloads("update", "patch")},
		Sources: "Kubernetes documentation, RBAC Good Practices; IceKube UPDATE_WORKLOAD_WITH_SA; rbac-police assign_sa.",
	}
}
