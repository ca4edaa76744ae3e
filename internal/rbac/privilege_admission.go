package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	admissionGroup    = "admissionregistration.k8s.io"
	conditionEndpoint = "The holder must run an endpoint that the API server can call: a pod is enough."
)

func writeMutatingWebhooks() Privilege {
	return Privilege{
		ID: "RBACWriteMutatingWebhooks", Catalogue: []string{"R21m"},
		Title: "May write mutating webhooks",
		Why: "A mutating webhook sees and rewrites every object that is written: it puts its container into the pods of " +
			"kube-system and reads every Secret on its way.",
		Fix: "Limit the rule by resourceNames to the webhook of the workload; certificates are injected with patch on that name.",
		Cluster: []Effect{
			when(conditionEndpoint, clusterAdmin), when(conditionEndpoint, finding.SecretsOfCluster), {Consequence: finding.TamperCluster},
		},
		Needs:   [][]Access{anyOf(clusterScoped(admissionGroup, "mutatingwebhookconfigurations", "create", "update", "patch"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, control of admission webhooks; rbac-police control_webhooks.",
	}
}

func writeValidatingWebhooks() Privilege {
	return Privilege{
		ID: "RBACWriteValidatingWebhooks", Catalogue: []string{"R21v"},
		Title: "May write validating webhooks",
		Why: "A validating webhook sees every object that is written and can block it; without it the policy engine behind it " +
			"is silent.",
		Fix:     "Limit the rule by resourceNames to the webhook of the workload.",
		Cluster: []Effect{{Consequence: finding.TamperCluster}, when(conditionEndpoint, finding.SecretsOfCluster)},
		Needs: [][]Access{anyOf(
			clusterScoped(admissionGroup, "validatingwebhookconfigurations", "create", "update", "patch", "delete", "deletecollection"),
		)},
		Sources: "Kubernetes documentation, RBAC Good Practices; rbac-police control_webhooks; Kubescape C-0036.",
	}
}

// A policy without its binding does nothing, but an existing binding makes a change of its policy take effect.
func writeMutatingPolicies() Privilege {
	return Privilege{
		ID: "RBACWriteMutatingAdmissionPolicies", Catalogue: []string{"R22"},
		Title: "May write mutating admission policies",
		Why: "A MutatingAdmissionPolicy rewrites objects inside of the API server, without an endpoint: it puts a container " +
			"into the pods of kube-system.",
		Fix: "Leave admission policies to the people who own them.",
		Cluster: []Effect{
			when("MutatingAdmissionPolicy must be served (GA in 1.36), with a binding that takes effect.", clusterAdmin),
			{Consequence: finding.TamperCluster},
		},
		Needs: [][]Access{anyOf(
			clusterScoped(admissionGroup, "mutatingadmissionpolicies", "create", "update", "patch", "delete", "deletecollection"),
			clusterScoped(admissionGroup, "mutatingadmissionpolicybindings", "create", "update", "patch", "delete", "deletecollection"),
		)},
		Sources: "KEP-3962; rbac-tool, admission policies.",
	}
}

func writeValidatingPolicies() Privilege {
	return Privilege{
		ID: "RBACWriteValidatingAdmissionPolicies", Catalogue: []string{"R22"},
		Title:   "May write validating admission policies",
		Why:     "The holder takes guard rails away, or denies what the cluster needs to run.",
		Fix:     "Leave admission policies to the people who own them.",
		Cluster: certain(finding.TamperCluster, finding.DenialOfService),
		Needs: [][]Access{anyOf(
			clusterScoped(admissionGroup, "validatingadmissionpolicies", "create", "update", "patch", "delete", "deletecollection"),
			clusterScoped(admissionGroup, "validatingadmissionpolicybindings", "create", "update", "patch", "delete", "deletecollection"),
		)},
		Sources: "KEP-3488; rbac-tool, admission policies.",
	}
}

func writePolicyEngines() Privilege {
	const kyverno, gatekeeper = "kyverno.io", "templates.gatekeeper.sh"
	verbs := []string{"create", "update", "patch", "delete", "deletecollection"}
	return Privilege{
		ID: "RBACWritePolicyEngines", Catalogue: []string{"R22", "R45"},
		Title: "May write the policies of Kyverno or Gatekeeper",
		Why: "The holder takes guard rails away; a Kyverno rule that mutates or generates makes objects with the rights of the " +
			"engine.",
		Fix:     "Leave policies to the people who own them.",
		Cluster: certain(finding.TamperCluster), Namespace: certain(finding.TamperNamespace),
		Needs: [][]Access{anyOf(
			clusterScoped(kyverno, "clusterpolicies", verbs...), namespaced(kyverno, "policies", verbs...),
			namespaced(kyverno, "policyexceptions", verbs...), clusterScoped(gatekeeper, "constrainttemplates", verbs...),
			clusterScoped("config.gatekeeper.sh", "configs", verbs...), clusterScoped("mutations.gatekeeper.sh", "assign", verbs...),
		)},
		Sources: "rbac-tool, Kyverno and Gatekeeper administration.",
	}
}

func writeCustomResourceDefinitions() Privilege {
	return Privilege{
		ID: "RBACWriteCustomResourceDefinitions", Catalogue: []string{"R23"},
		Title: "May write CustomResourceDefinitions",
		Why:   "A conversion webhook sees and changes every object of the kind; deleting the definition deletes them all.",
		Fix:   "Limit the rule by resourceNames to the definitions of the workload.",
		Cluster: []Effect{
			{Consequence: finding.TamperCluster}, {Consequence: finding.DenialOfService}, when(conditionEndpoint, finding.ValuableSecret),
		},
		Needs: [][]Access{anyOf(
			clusterScoped("apiextensions.k8s.io", "customresourcedefinitions", "create", "update", "patch", "delete", "deletecollection"),
		)},
		Sources: "Kubernetes documentation, versions of custom resources; rbac-tool, cluster extensions.",
	}
}

func writeAPIServices() Privilege {
	return Privilege{
		ID: "RBACWriteAPIServices", Catalogue: []string{"R24"},
		Title: "May write APIServices",
		Why: "The holder takes over an API group: it sees who asks and what is written. Bearer tokens are cut off before the " +
			"request is passed on.",
		Fix:     "Limit the rule by resourceNames to the group that the workload serves.",
		Cluster: certain(finding.InterceptCluster, finding.TamperCluster),
		Needs:   [][]Access{anyOf(clusterScoped("apiregistration.k8s.io", "apiservices", "create", "update", "patch"))},
		Sources: "Kubernetes documentation, aggregation layer; Kubescape C-0089.",
	}
}

// namespaceItself is an access to the namespace in which the request is judged: a RoleBinding there is enough.
func namespaceItself(verbs ...string) Access {
	return Access{Resource: "namespaces", Verbs: verbs, Itself: true}
}

func lowerPodSecurity() Privilege {
	return Privilege{
		ID: "RBACLowerPodSecurity", Catalogue: []string{"R31", "R04"},
		Title:   "May lower Pod Security and then create pods",
		Why:     "The label that holds Pod Security back is the holder's to change, and the next pod is privileged.",
		Fix:     "Remove update and patch on namespaces.",
		Cluster: certain(finding.NodeRoot, finding.MultiNode), Namespace: certain(finding.NodeRoot, finding.MultiNode),
		Needs: [][]Access{
			anyOf(namespaceItself("update", "patch")),
			append(workloads("create", "update", "patch"), namespaced("", "pods", "create"),
				namespaced("", "pods/ephemeralcontainers", "update", "patch")),
		},
		Sources: "Kubernetes documentation, RBAC Good Practices, namespace modification; IceKube PATCH_NAMESPACE_TO_BYPASS_PSA.",
	}
}

func writeNamespaces() Privilege {
	return Privilege{
		ID: "RBACWriteNamespaces", Catalogue: []string{"R31"},
		Title: "May change namespaces",
		Why: "The labels of a namespace carry its Pod Security level and open it to the network policies of others. A " +
			"RoleBinding in the namespace is enough.",
		Fix:     "Remove update and patch on namespaces.",
		Cluster: certain(finding.TamperCluster), Namespace: certain(finding.TamperNamespace),
		Needs:   [][]Access{anyOf(namespaceItself("update", "patch"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, namespace modification.",
	}
}

func createNamespaces() Privilege {
	return Privilege{
		ID: "RBACCreateNamespaces", Catalogue: []string{"R31c"},
		Title: "May create namespaces",
		Why: "A new namespace has no Pod Security label but the cluster's default; with pod creation in the whole cluster that " +
			"is a way around it.",
		Fix:     "Remove create on namespaces, or set a default level for the cluster.",
		Cluster: certain(finding.TamperNamespace),
		Needs:   [][]Access{anyOf(clusterScoped("", "namespaces", "create"))},
		Sources: "Derived from Pod Security admission's defaults.",
	}
}

func writeRuntimeClasses() Privilege {
	return Privilege{
		ID: "RBACWriteRuntimeClasses", Catalogue: []string{"R42"},
		Title:   "May write RuntimeClasses",
		Why:     "The holder takes a sandbox away, or makes a class that Pod Security exempts.",
		Fix:     "Leave RuntimeClasses to the people who run the nodes.",
		Cluster: certain(finding.TamperCluster),
		Needs:   [][]Access{anyOf(clusterScoped("node.k8s.io", "runtimeclasses", "create", "update", "patch"))},
		Sources: "Kubernetes documentation, RuntimeClass; Pod Security admission, exemptions.",
	}
}
