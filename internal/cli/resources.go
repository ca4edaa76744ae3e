package cli

import "slices"

// resource is a resource as the API server serves it.
type resource struct {
	group, plural, singular string
	short                   []string
	clusterScoped           bool
}

// builtinResources are those of Kubernetes itself, in the order in which kubectl prefers them; a test holds them against a
// real API server.
func builtinResources() []resource { return slices.Concat(coreResources(), groupResources()) }

func coreResources() []resource {
	return []resource{
		{"", "bindings", "binding", nil, false},
		{"", "componentstatuses", "componentstatus", []string{"cs"}, true},
		{"", "configmaps", "configmap", []string{"cm"}, false},
		{"", "endpoints", "endpoints", []string{"ep"}, false},
		{"", "events", "event", []string{"ev"}, false},
		{"", "limitranges", "limitrange", []string{"limits"}, false},
		{"", "namespaces", "namespace", []string{"ns"}, true},
		{"", "nodes", "node", []string{"no"}, true},
		{"", "persistentvolumeclaims", "persistentvolumeclaim", []string{"pvc"}, false},
		{"", "persistentvolumes", "persistentvolume", []string{"pv"}, true},
		{"", "pods", "pod", []string{"po"}, false},
		{"", "podtemplates", "podtemplate", nil, false},
		{"", "replicationcontrollers", "replicationcontroller", []string{"rc"}, false},
		{"", "resourcequotas", "resourcequota", []string{"quota"}, false},
		{"", "secrets", "secret", nil, false},
		{"", "serviceaccounts", "serviceaccount", []string{"sa"}, false},
		{"", "services", "service", []string{"svc"}, false},
	}
}

func groupResources() []resource {
	return []resource{
		{"admissionregistration.k8s.io", "mutatingadmissionpolicies", "mutatingadmissionpolicy", nil, true},
		{"admissionregistration.k8s.io", "mutatingadmissionpolicybindings", "mutatingadmissionpolicybinding", nil, true},
		{"admissionregistration.k8s.io", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration", nil, true},
		{"admissionregistration.k8s.io", "validatingadmissionpolicies", "validatingadmissionpolicy", nil, true},
		{"admissionregistration.k8s.io", "validatingadmissionpolicybindings", "validatingadmissionpolicybinding", nil, true},
		{"admissionregistration.k8s.io", "validatingwebhookconfigurations", "validatingwebhookconfiguration", nil, true},
		{"apiextensions.k8s.io", "customresourcedefinitions", "customresourcedefinition", []string{"crd", "crds"}, true},
		{"apiregistration.k8s.io", "apiservices", "apiservice", nil, true},
		{"apps", "controllerrevisions", "controllerrevision", nil, false},
		{"apps", "daemonsets", "daemonset", []string{"ds"}, false},
		{"apps", "deployments", "deployment", []string{"deploy"}, false},
		{"apps", "replicasets", "replicaset", []string{"rs"}, false},
		{"apps", "statefulsets", "statefulset", []string{"sts"}, false},
		{"authentication.k8s.io", "selfsubjectreviews", "selfsubjectreview", nil, true},
		{"authentication.k8s.io", "tokenreviews", "tokenreview", nil, true},
		{"authorization.k8s.io", "localsubjectaccessreviews", "localsubjectaccessreview", nil, false},
		{"authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectaccessreview", nil, true},
		{"authorization.k8s.io", "selfsubjectrulesreviews", "selfsubjectrulesreview", nil, true},
		{"authorization.k8s.io", "subjectaccessreviews", "subjectaccessreview", nil, true},
		{"autoscaling", "horizontalpodautoscalers", "horizontalpodautoscaler", []string{"hpa"}, false},
		{"batch", "cronjobs", "cronjob", []string{"cj"}, false},
		{"batch", "jobs", "job", nil, false},
		{"certificates.k8s.io", "certificatesigningrequests", "certificatesigningrequest", []string{"csr"}, true},
		{"certificates.k8s.io", "clustertrustbundles", "clustertrustbundle", nil, true},
		{"certificates.k8s.io", "podcertificaterequests", "podcertificaterequest", nil, false},
		{"coordination.k8s.io", "leases", "lease", nil, false},
		{"discovery.k8s.io", "endpointslices", "endpointslice", nil, false},
		{"events.k8s.io", "events", "event", []string{"ev"}, false},
		{"flowcontrol.apiserver.k8s.io", "flowschemas", "flowschema", nil, true},
		{"flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations", "prioritylevelconfiguration", nil, true},
		{"networking.k8s.io", "ingressclasses", "ingressclass", nil, true},
		{"networking.k8s.io", "ingresses", "ingress", []string{"ing"}, false},
		{"networking.k8s.io", "ipaddresses", "ipaddress", []string{"ip"}, true},
		{"networking.k8s.io", "networkpolicies", "networkpolicy", []string{"netpol"}, false},
		{"networking.k8s.io", "servicecidrs", "servicecidr", nil, true},
		{"node.k8s.io", "runtimeclasses", "runtimeclass", nil, true},
		{"policy", "poddisruptionbudgets", "poddisruptionbudget", []string{"pdb"}, false},
		{"rbac.authorization.k8s.io", "clusterrolebindings", "clusterrolebinding", nil, true},
		{"rbac.authorization.k8s.io", "clusterroles", "clusterrole", nil, true},
		{"rbac.authorization.k8s.io", "rolebindings", "rolebinding", nil, false},
		{"rbac.authorization.k8s.io", "roles", "role", nil, false},
		{"resource.k8s.io", "deviceclasses", "deviceclass", nil, true},
		{"resource.k8s.io", "devicetaintrules", "devicetaintrule", nil, true},
		{"resource.k8s.io", "resourceclaims", "resourceclaim", nil, false},
		{"resource.k8s.io", "resourceclaimtemplates", "resourceclaimtemplate", nil, false},
		{"resource.k8s.io", "resourceslices", "resourceslice", nil, true},
		{"scheduling.k8s.io", "priorityclasses", "priorityclass", []string{"pc"}, true},
		{"storage.k8s.io", "csidrivers", "csidriver", nil, true},
		{"storage.k8s.io", "csinodes", "csinode", nil, true},
		{"storage.k8s.io", "csistoragecapacities", "csistoragecapacity", nil, false},
		{"storage.k8s.io", "storageclasses", "storageclass", []string{"sc"}, true},
		{"storage.k8s.io", "volumeattachments", "volumeattachment", nil, true},
		{"storage.k8s.io", "volumeattributesclasses", "volumeattributesclass", []string{"vac"}, true},
		{"storagemigration.k8s.io", "storageversionmigrations", "storageversionmigration", nil, true},
	}
}

// virtualResources are asked about by the API server and served by nobody: those of impersonation and of signing.
func virtualResources() []resource {
	return []resource{
		{"", "users", "user", nil, true},
		{"", "groups", "group", nil, true},
		{"authentication.k8s.io", "uids", "uid", nil, true},
		{"authentication.k8s.io", "userextras", "userextra", nil, true},
		{"certificates.k8s.io", "signers", "signer", nil, true},
	}
}

// find looks a name up, in the group where one is given.
func find(resources []resource, name, group string) (resource, bool) {
	for _, r := range resources {
		if (group == "" || group == r.group) && (name == r.plural || name == r.singular || slices.Contains(r.short, name)) {
			return r, true
		}
	}
	return resource{}, false
}
