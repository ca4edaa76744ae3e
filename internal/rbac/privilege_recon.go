package rbac

import "github.com/daysix/daysix/internal/finding"

// knowledge is a privilege that shows things and gives nothing else.
func knowledge(p Privilege) Privilege {
	p.Cluster = certain(finding.Recon)
	if !p.clusterOnly() {
		p.Namespace = p.Cluster
	}
	return p
}

func readPodLogs() Privilege {
	p := knowledge(Privilege{
		ID: "RBACReadPodLogs", Catalogue: []string{"R33"},
		Title: "May read the logs of pods",
		Why: "Logs often hold credentials; where a pod can write into /var/log of its node, a log request follows its links to " +
			"any file.",
		Fix:     "Limit the rule to the namespaces whose logs are collected, or collect them on the node.",
		Needs:   [][]Access{anyOf(namespaced("", "pods/log", "get"))},
		Sources: "KubeHound CE_VAR_LOG_SYMLINK.",
	})
	p.Cluster = append(p.Cluster, when(conditionLogLink, finding.NodeRead))
	p.Namespace = append(p.Namespace, when(conditionLogLink, finding.NodeRead))
	return p
}

// Asking about oneself is given to everyone and is not meant here.
func reviewTokens() Privilege {
	const authorization = "authorization.k8s.io"
	return knowledge(Privilege{
		ID: "RBACReviewTokens", Catalogue: []string{"R37"},
		Title: "May ask whose a token is and what others may do",
		Why:   "The API server tells the holder whether a stolen token is good and what it opens.",
		Fix:   "Keep it for workloads that authenticate requests by the API server.",
		Needs: [][]Access{anyOf(
			clusterScoped(authenticationGroup, "tokenreviews", "create"), clusterScoped(authorization, "subjectaccessreviews", "create"),
			namespaced(authorization, "localsubjectaccessreviews", "create"),
		)},
		Sources: "Kubernetes documentation, system:auth-delegator.",
	})
}

func readDebugPaths() Privilege {
	path := func(path string) Access { return Access{Path: path, Verbs: []string{"get"}, Detail: path} }
	return knowledge(Privilege{
		ID: "RBACReadDebugPaths", Catalogue: []string{"R47"},
		Title:   "May read metrics, profiles or logs of the API server",
		Why:     "Metrics name namespaces and resources; profiles and logs show what the API server works on.",
		Fix:     "Keep /metrics for the monitoring system alone.",
		Needs:   [][]Access{anyOf(path("/metrics"), path("/debug/pprof/profile"), path("/logs/kube-apiserver.log"))},
		Sources: "Kubernetes documentation, system:monitoring; rbac-tool.",
	})
}

// Every ServiceAccount may read the trust bundles and ask about itself: that is no privilege.
func readObjects() Privilege {
	return knowledge(Privilege{
		ID: "RBACReadObjects", Catalogue: []string{"R50"},
		Title: "May read objects of the cluster",
		Why:   "Pods show literal environment values, roles and bindings show whom to attack, the rest shows what there is.",
		Fix:   "Limit the rule to the kinds and namespaces that the workload reads.",
		Needs: [][]Access{anyOf(Access{
			Verbs: []string{"get", "list", "watch"}, Except: []string{"clustertrustbundles", "secrets"}, NotNamespaced: clusterKinds(),
		})},
		Sources: "Kubescape C-0258.",
	})
}

// clusterKinds are the usual kinds without a namespace: to name them in a rule of a RoleBinding shows nothing.
func clusterKinds() []string {
	return []string{
		"apiservices", "certificatesigningrequests", "clusterrolebindings", "clusterroles", "csidrivers", "csinodes",
		"customresourcedefinitions", "ingressclasses", "mutatingwebhookconfigurations", "nodes", "persistentvolumes",
		"priorityclasses", "runtimeclasses", "storageclasses", "validatingwebhookconfigurations", "volumeattachments",
	}
}
