package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	conditionServiceSelects = "A Service must select the pod."
	conditionExternalIPs    = "The admission plugin DenyServiceExternalIPs must be off."
	conditionController     = "A controller that acts on the object must run."
)

// The aws-auth ConfigMap of EKS maps cloud identities to Kubernetes groups, system:masters among them.
func mapAWSIdentities() Privilege {
	effects := []Effect{when("The cluster must be EKS and read aws-auth.", clusterAdmin)}
	return Privilege{
		ID: "RBACMapAWSIdentities", Catalogue: []string{"R27"},
		Title:   "May change aws-auth",
		Why:     "On EKS the ConfigMap aws-auth makes any cloud identity a member of system:masters.",
		Fix:     "Use access entries, and remove the right to write ConfigMaps of kube-system.",
		Cluster: effects, Namespace: effects,
		Needs:   [][]Access{anyOf(namespaced("", "configmaps", "create", "update", "patch").in(systemNamespace).named("aws-auth"))},
		Depends: "None where the nodes are not of AWS.",
		ask: func(_ *Rights, env *Environment, h *Held) {
			h.Effects = nil
			if env.AWS {
				h.Effects = effects
			}
		},
		Sources: "rbac-police eks_modify_aws_auth; IceKube UPDATE_AWS_AUTH; EKS documentation.",
	}
}

func writeSystemConfigMaps() Privilege {
	system := func(name, detail string) Access {
		a := namespaced("", "configmaps", "update", "patch").in(systemNamespace).named(name)
		a.Detail = detail
		return a
	}
	effects := certain(finding.InterceptCluster, finding.TamperCluster)
	return Privilege{
		ID: "RBACWriteSystemConfigMaps", Catalogue: []string{"R27"},
		Title: "May change the configuration of the system",
		Why: "The Corefile answers every name in the cluster; kube-proxy's configuration and the front-proxy CA decide whom " +
			"the nodes and the API servers listen to.",
		Fix:     "Remove update and patch on ConfigMaps of kube-system.",
		Cluster: effects, Namespace: effects,
		Needs: [][]Access{anyOf(
			system("coredns", "coredns: data.Corefile"), system("kube-proxy", "kube-proxy: data"),
			system("extension-apiserver-authentication", "extension-apiserver-authentication: data.requestheader-client-ca-file"),
			system("kubeadm-config", "kubeadm-config: data.ClusterConfiguration"), system("kubelet-config", "kubelet-config: data.kubelet"),
		)},
		Sources: "Kubescape C-0037; Kubernetes documentation, customizing DNS.",
	}
}

func writeConfigMaps() Privilege {
	return Privilege{
		ID: "RBACWriteConfigMaps", Catalogue: []string{"R27"},
		Title:   "May change ConfigMaps",
		Why:     "Workloads take programs, addresses and settings from ConfigMaps.",
		Fix:     "Limit the rule by resourceNames to the ConfigMaps that the workload writes.",
		Cluster: certain(finding.TamperCluster), Namespace: certain(finding.TamperNamespace), Named: certain(finding.Recon),
		Needs:   [][]Access{anyOf(namespaced("", "configmaps", "update", "patch"))},
		Sources: "Derived from the use of ConfigMaps by workloads.",
	}
}

func writeEndpoints() Privilege {
	return Privilege{
		ID: "RBACWriteEndpoints", Catalogue: []string{"R28"},
		Title:   "May change the endpoints of Services",
		Why:     "The traffic of a Service goes where its endpoints say, addresses in other namespaces included.",
		Fix:     "Leave endpoints and endpointslices to their controllers.",
		Cluster: certain(finding.InterceptCluster), Namespace: certain(finding.InterceptService),
		Needs: [][]Access{anyOf(
			namespaced("", "endpoints", "create", "update", "patch"),
			namespaced("discovery.k8s.io", "endpointslices", "create", "update", "patch"),
		)},
		Sources: "CVE-2021-25740.",
	}
}

// One namespace is enough: an external address is taken in the whole cluster.
func writeServices() Privilege {
	effects := append(certain(finding.InterceptService), when(conditionExternalIPs, finding.InterceptCluster))
	return Privilege{
		ID: "RBACWriteServices", Catalogue: []string{"R29"},
		Title: "May write Services",
		Why: "A Service with externalIPs, or a load balancer address in its status, takes the cluster's traffic to any " +
			"address; a changed selector takes that of the Service.",
		Fix:     "Turn DenyServiceExternalIPs on, and leave services/status to the cloud controller.",
		Cluster: effects, Namespace: effects,
		Needs: [][]Access{anyOf(
			namespaced("", "services", "create", "update", "patch"), namespaced("", "services/status", "update", "patch"),
		)},
		Sources: "CVE-2020-8554; rbac-police modify_service_status_cve_2020_8554; Kubescape C-0283.",
	}
}

func writeIngresses() Privilege {
	const networking, gateway = "networking.k8s.io", "gateway.networking.k8s.io"
	verbs := []string{"create", "update", "patch"}
	effects := append(certain(finding.InterceptService), when(conditionController, finding.ValuableSecret))
	return Privilege{
		ID: "RBACWriteIngresses", Catalogue: []string{"R30"},
		Title:   "May write Ingresses or Gateway API routes",
		Why:     "The holder takes over host names; snippets that an Ingress controller lets through give the controller's token.",
		Fix:     "Leave routes to the tool that deploys them, and turn snippets off in the controller.",
		Cluster: effects, Namespace: effects,
		Needs: [][]Access{anyOf(
			namespaced(networking, "ingresses", verbs...), namespaced(gateway, "gateways", verbs...),
			namespaced(gateway, "httproutes", verbs...), namespaced(gateway, "grpcroutes", verbs...),
			namespaced(gateway, "tlsroutes", verbs...), namespaced(gateway, "tcproutes", verbs...),
			namespaced(gateway, "referencegrants", verbs...), clusterScoped(gateway, "gatewayclasses", verbs...),
			clusterScoped(networking, "ingressclasses", verbs...),
		)},
		Sources: "CVE-2021-25742; rbac-tool, Networking; Kubescape C-0059.",
	}
}

func writeNetworkPolicies() Privilege {
	verbs := []string{"create", "update", "patch", "delete", "deletecollection"}
	return Privilege{
		ID: "RBACWriteNetworkPolicies", Catalogue: []string{"R32"},
		Title:   "May write network policies",
		Why:     "Policies add up: one more that allows opens what the others close; deleting them opens all.",
		Fix:     "Leave network policies to the people who own them.",
		Cluster: certain(finding.TamperCluster), Namespace: certain(finding.TamperNamespace),
		Needs: [][]Access{anyOf(
			namespaced("networking.k8s.io", "networkpolicies", verbs...),
			clusterScoped("policy.networking.k8s.io", "adminnetworkpolicies", verbs...),
			clusterScoped("policy.networking.k8s.io", "baselineadminnetworkpolicies", verbs...),
			clusterScoped("policy.networking.k8s.io", "clusternetworkpolicies", verbs...),
			namespaced("cilium.io", "ciliumnetworkpolicies", verbs...),
			clusterScoped("cilium.io", "ciliumclusterwidenetworkpolicies", verbs...),
			namespaced("crd.projectcalico.org", "networkpolicies", verbs...),
			clusterScoped("crd.projectcalico.org", "globalnetworkpolicies", verbs...),
			namespaced("projectcalico.org", "networkpolicies", verbs...),
			clusterScoped("projectcalico.org", "globalnetworkpolicies", verbs...),
		)},
		Sources: "Kubernetes documentation, network policies; rbac-tool, Networking.",
	}
}
