package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	conditionOldServer = "The API server must be older than 1.35, or let WebSocket requests in with get."
	conditionTerminal  = "The container must have standard input open."
)

func createPods() Privilege {
	return Privilege{
		ID: "RBACCreatePods", Catalogue: []string{"R04"},
		Title: "May create pods",
		Why: "A new pod runs as any ServiceAccount of the namespace and mounts any of its Secrets and volume claims, on any " +
			"node; where Pod Security admits a privileged pod it is root there.",
		Fix: "Leave the creation of pods to the built-in controllers; where it must be, give the namespace to this workload " +
			"alone and enforce restricted.",
		Cluster:   certain(finding.PodsOfCluster, finding.SecretsOfCluster),
		Namespace: ownerEffects(), PodSecurity: true, Identities: true,
		Needs:   [][]Access{anyOf(namespaced("", "pods", "create"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, workload creation; KubeHound POD_CREATE; IceKube CREATE_POD_WITH_SA.",
	}
}

func updatePods() Privilege {
	return Privilege{
		ID: "RBACUpdatePods", Catalogue: []string{"R06"},
		Title:   "May change running pods",
		Why:     "The image of a running container can be replaced: code of the holder runs with the pod's identity and rights.",
		Fix:     "Remove update and patch on pods; labels of its own pod rarely need them.",
		Cluster: certain(finding.PodsOfCluster), Namespace: certain(finding.PodsOfNamespace),
		Needs:   [][]Access{anyOf(namespaced("", "pods", "update", "patch"))},
		Sources: "Kubernetes source, validation of pod updates; KubeHound POD_PATCH; IceKube REPLACE_IMAGE; rbac-police modify_pods.",
	}
}

// The name of a pod is enough: get on pods is convenient, not required.
func execIntoPods() Privilege {
	return Privilege{
		ID: "RBACExecIntoPods", Catalogue: []string{"R07"},
		Title:   "May run commands in pods",
		Why:     "A command in a running container has its identity, its Secrets and its rights on the node.",
		Fix:     "Remove create on pods/exec; people get it for the time of an incident.",
		Cluster: certain(finding.PodsOfCluster, finding.SecretsOfCluster), Namespace: ownerEffects(),
		Named:   certain(finding.PodsOfNamespace),
		Needs:   [][]Access{anyOf(namespaced("", "pods/exec", "create"))},
		Sources: "Kubernetes documentation, RBAC Good Practices; KubeHound POD_EXEC; IceKube EXEC_INTO; rbac-police pods_exec.",
	}
}

func attachToPods() Privilege {
	return Privilege{
		ID: "RBACAttachToPods", Catalogue: []string{"R08"},
		Title: "May attach to the processes of pods",
		Why: "Whoever attaches types into the process and reads what it writes: a shell that waits for input runs the holder's " +
			"commands.",
		Fix:       "Remove create on pods/attach.",
		Cluster:   []Effect{when(conditionTerminal, finding.PodsOfCluster)},
		Namespace: []Effect{when(conditionTerminal, finding.PodsOfNamespace)},
		Needs:     [][]Access{anyOf(namespaced("", "pods/attach", "create"))},
		Sources:   "Kubernetes documentation, RBAC Good Practices; KubiScan risky-attach-pods.",
	}
}

func addEphemeralContainers() Privilege {
	return Privilege{
		ID: "RBACAddEphemeralContainers", Catalogue: []string{"R11"},
		Title: "May put containers into running pods",
		Why: "An ephemeral container shares the pod's network and mounts its volumes, token and Secrets included; where Pod " +
			"Security admits it privileged, it is root on the node.",
		Fix:     "Remove update and patch on pods/ephemeralcontainers.",
		Cluster: certain(finding.PodsOfCluster, finding.SecretsOfCluster), Namespace: ownerEffects(),
		PodSecurity: true,
		Needs:       [][]Access{anyOf(namespaced("", "pods/ephemeralcontainers", "update", "patch"))},
		Sources:     "Kubernetes documentation, ephemeral containers; IceKube DEBUG_POD; rbac-police pods_ephemeral_ctrs.",
	}
}

// Before 1.35 a WebSocket request is a get, and get alone opens a session (KEP-5681).
func connectByGet() Privilege {
	return Privilege{
		ID: "RBACConnectToPodsByGet", Catalogue: []string{"R07", "R08", "R09"},
		Title:     "May open sessions into pods by get alone",
		Why:       "An API server before 1.35 takes a WebSocket request to exec, attach or portforward for a get.",
		Fix:       "Remove get on pods/exec, pods/attach and pods/portforward.",
		Cluster:   []Effect{when(conditionOldServer, finding.PodsOfCluster)},
		Namespace: []Effect{when(conditionOldServer, finding.PodsOfNamespace)},
		Needs: [][]Access{anyOf(
			namespaced("", "pods/exec", "get"), namespaced("", "pods/attach", "get"), namespaced("", "pods/portforward", "get"),
		)},
		Sources: "KEP-5681.",
	}
}

func forwardPorts() Privilege {
	return Privilege{
		ID: "RBACForwardPorts", Catalogue: []string{"R09"},
		Title:   "May forward ports of pods",
		Why:     "A forwarded port reaches the pod from inside, those bound to localhost too, whatever NetworkPolicy says.",
		Fix:     "Remove create on pods/portforward.",
		Cluster: certain(finding.ReachOtherNamespaces), Namespace: certain(finding.ReachOwnNamespace),
		Needs:   [][]Access{anyOf(namespaced("", "pods/portforward", "create"))},
		Sources: "Kubernetes documentation, kubectl port-forward; Kubescape C-0063.",
	}
}

func proxyToPods() Privilege {
	return Privilege{
		ID: "RBACProxyToPods", Catalogue: []string{"R10"},
		Title:   "May reach pods and Services through the API server",
		Why:     "The API server carries HTTP to any pod or Service of the scope, past NetworkPolicy.",
		Fix:     "Remove pods/proxy and services/proxy.",
		Cluster: certain(finding.ReachOtherNamespaces), Namespace: certain(finding.ReachOwnNamespace),
		Needs: [][]Access{anyOf(
			namespaced("", "pods/proxy", "get", "create", "update", "patch", "delete"),
			namespaced("", "services/proxy", "get", "create", "update", "patch", "delete"),
		)},
		Sources: "Kubernetes documentation, API server proxy; KEP-5681; Kubescape C-0279.",
	}
}

func writePodStatus() Privilege {
	return Privilege{
		ID: "RBACWritePodStatus", Catalogue: []string{"R38"},
		Title: "May change the status of pods or place them",
		Why: "A changed address or condition puts a pod of the holder behind a Service; a binding places a pending pod on a " +
			"node of its choice.",
		Fix:     "Leave pods/status to the kubelets and pods/binding to the scheduler.",
		Cluster: []Effect{when(conditionServiceSelects, finding.InterceptCluster), {Consequence: finding.TamperCluster}},
		Namespace: []Effect{
			when(conditionServiceSelects, finding.InterceptService), {Consequence: finding.TamperNamespace},
		},
		Needs: [][]Access{anyOf(
			namespaced("", "pods/status", "update", "patch"), namespaced("", "pods/binding", "create"),
			namespaced("", "bindings", "create"),
		)},
		Sources: "rbac-police modify_pod_status.",
	}
}

func writePodTemplates() Privilege {
	return Privilege{
		ID: "RBACWritePodTemplates", Catalogue: []string{"R36"},
		Title:   "May write pod templates",
		Why:     "No built-in controller makes pods from a PodTemplate; an operator may.",
		Fix:     "Remove podtemplates from the rule.",
		Cluster: certain(finding.Contained), Namespace: certain(finding.Contained),
		Needs:   [][]Access{anyOf(namespaced("", "podtemplates", "create", "update", "patch"))},
		Sources: "Kubernetes API reference, PodTemplate.",
	}
}
