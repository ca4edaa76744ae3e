package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	conditionPrivilegedPod = "A privileged pod must run in the cluster."
	conditionControlPod    = "A pod within reach must hold credentials of the control plane."
	conditionOwnNode       = "The workload must control a node that the pods can move to."
	conditionLogLink       = "A pod must be able to write into /var/log of the node."
)

// The kubelet maps a WebSocket request to get: get on nodes/proxy runs commands in any container, past admission and
// the audit log of the API server.
func proxyToNodes() Privilege {
	return Privilege{
		ID: "RBACProxyToNodes", Catalogue: []string{"R18"},
		Title: "May use the kubelet API",
		Why:   "The kubelet runs commands in every container of its node for whoever holds nodes/proxy; get is enough.",
		Fix:   "Use nodes/metrics, nodes/stats and the other fine-grained subresources.",
		Cluster: append(certain(finding.PodsOfCluster, finding.SecretsOfCluster),
			when(conditionPrivilegedPod, finding.NodeRoot), when(conditionPrivilegedPod, finding.MultiNode),
			when(conditionControlPod, clusterAdmin)),
		Needs: [][]Access{anyOf(clusterScoped("", "nodes/proxy", "get", "create", "update", "patch", "delete"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, access to nodes/proxy; IceKube CAN_EXEC_THROUGH_KUBELET; " +
			"rbac-police nodes_proxy.",
	}
}

// A node whose address is the API server itself makes the API server proxy to itself with its own credentials.
func redirectNodeProxy() Privilege {
	return Privilege{
		ID: "RBACRedirectNodeProxy", Catalogue: []string{"R18x"},
		Title:   "May redirect the kubelet proxy",
		Why:     "With a node's address in hand, the API server is made to talk to itself with its own credentials.",
		Fix:     "Remove nodes/proxy, or the right to write nodes and their status.",
		Cluster: certain(clusterAdmin),
		Needs: [][]Access{
			anyOf(clusterScoped("", "nodes/proxy", "get", "create", "update", "patch", "delete")),
			anyOf(clusterScoped("", "nodes/status", "update", "patch"), clusterScoped("", "nodes", "create")),
		},
		Sources: "Kubernetes issue 119270.",
	}
}

func checkpointContainers() Privilege {
	return Privilege{
		ID: "RBACCheckpointContainers", Catalogue: []string{"R18f"},
		Title:   "May checkpoint containers",
		Why:     "A checkpoint is the memory of a container, keys and tokens included, written to the node.",
		Fix:     "Remove nodes/checkpoint.",
		Cluster: []Effect{when("The holder must be able to read the checkpoint on the node.", finding.SecretsOfCluster)},
		Needs:   [][]Access{anyOf(clusterScoped("", "nodes/checkpoint", "create"))},
		Sources: "KEP-2862; KEP-2008.",
	}
}

func readNodeLogs() Privilege {
	return Privilege{
		ID: "RBACReadNodeLogs", Catalogue: []string{"R18f"},
		Title:   "May read the log files of nodes",
		Why:     "The kubelet serves the files below /var/log; a symbolic link there leads to any file of the node.",
		Fix:     "Remove nodes/log.",
		Cluster: append(certain(finding.Recon), when(conditionLogLink, finding.NodeRead)),
		Needs:   [][]Access{anyOf(clusterScoped("", "nodes/log", "get", "create", "update", "patch", "delete"))},
		Sources: "KEP-2862; KubeHound CE_VAR_LOG_SYMLINK.",
	}
}

func readKubelets() Privilege {
	var ways []Access
	for _, subresource := range []string{"pods", "healthz", "configz", "stats", "metrics", "spec"} {
		ways = append(ways, clusterScoped("", "nodes/"+subresource, "get"))
	}
	return Privilege{
		ID: "RBACReadKubelets", Catalogue: []string{"R18f"},
		Title:   "May read from the kubelet API",
		Why:     "The specs of all pods of a node, with the values of their environment, and the settings of the kubelet.",
		Fix:     "Keep the subresource that the workload reads, usually nodes/metrics.",
		Cluster: certain(finding.Recon),
		Needs:   [][]Access{ways},
		Sources: "KEP-2862.",
	}
}

func writeNodes() Privilege {
	return Privilege{
		ID: "RBACWriteNodes", Catalogue: []string{"R19"},
		Title:   "May change nodes",
		Why:     "Labels and taints attract or repel pods; the address in the status redirects what the API server sends to a kubelet.",
		Fix:     "Leave nodes to the kubelets and the cloud controller; limit the rule to the fields by an admission policy.",
		Cluster: append(certain(finding.TamperCluster, finding.NodeDenialOfService), when(conditionOwnNode, finding.PodsOfCluster)),
		Needs: [][]Access{anyOf(
			clusterScoped("", "nodes", "create", "update", "patch", "delete"), clusterScoped("", "nodes/status", "update", "patch"),
		)},
		Sources: "rbac-police modify_node_status; Kubernetes documentation, node isolation.",
	}
}

// Taint every other node, delete or evict a pod with a strong identity, and take its token on the node that is left.
func stealPods() Privilege {
	return Privilege{
		ID: "RBACStealPods", Catalogue: []string{"R19", "R20"},
		Title: "May drive pods to a node of its choice",
		Why: "With every other node closed, a pod that is deleted comes back on the node that the holder controls, and its " +
			"token is read there.",
		Fix:       "Remove one of the two rights.",
		Cluster:   []Effect{when(conditionOwnNode, finding.PodsOfCluster), when(conditionOwnNode, clusterAdmin)},
		Namespace: []Effect{when(conditionOwnNode, finding.PodsOfNamespace)},
		Needs: [][]Access{
			anyOf(clusterScoped("", "nodes", "update", "patch"), clusterScoped("", "nodes/status", "update", "patch")),
			anyOf(namespaced("", "pods", "delete", "deletecollection"), namespaced("", "pods/eviction", "create")),
		},
		Sources: "rbac-police steal_pods.",
	}
}
