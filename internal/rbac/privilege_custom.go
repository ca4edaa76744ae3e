package rbac

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// CustomResource is a kind whose controller makes pods or applies manifests for whoever writes an object of it.
type CustomResource struct {
	APIGroup string `json:"apiGroup"`
	// Resource is the plural name.
	Resource      string `json:"resource"`
	ClusterScoped bool   `json:"clusterScoped,omitempty"`
	// Field is what makes the kind dangerous, as a path from the object.
	Field string `json:"field"`
}

// CustomResources lists the kinds that are known. The configuration can add to them.
func CustomResources() []CustomResource {
	return []CustomResource{
		{"aadpodidentity.k8s.io", "azurepodidentityexceptions", false, "spec.podLabels"},
		{"apiextensions.crossplane.io", "compositions", true, "spec.pipeline"},
		{"argoproj.io", "applications", false, "spec.source"},
		{"argoproj.io", "applicationsets", false, "spec.template.spec.source"},
		{"argoproj.io", "clusterworkflowtemplates", true, "spec.templates[*].container"},
		{"argoproj.io", "cronworkflows", false, "spec.workflowSpec.templates[*].container"},
		{"argoproj.io", "rollouts", false, "spec.template"},
		{"argoproj.io", "workflows", false, "spec.templates[*].container"},
		{"argoproj.io", "workflowtemplates", false, "spec.templates[*].container"},
		{"cert-manager.io", "clusterissuers", true, "spec.acme.solvers[*].http01.ingress.podTemplate"},
		{"cert-manager.io", "issuers", false, "spec.acme.solvers[*].http01.ingress.podTemplate"},
		{"external-secrets.io", "clusterexternalsecrets", true, "spec.externalSecretSpec.target"},
		{"external-secrets.io", "externalsecrets", false, "spec.target"},
		{"helm.toolkit.fluxcd.io", "helmreleases", false, "spec.chart"},
		{"karpenter.k8s.aws", "ec2nodeclasses", true, "spec.userData"},
		{"karpenter.sh", "nodepools", true, "spec.template.spec.nodeClassRef"},
		{"kubernetes.crossplane.io", "objects", true, "spec.forProvider.manifest"},
		{"kubevirt.io", "virtualmachineinstances", false, "spec.domain"},
		{"kubevirt.io", "virtualmachines", false, "spec.template"},
		{"kueue.x-k8s.io", "workloads", false, "spec.podSets[*].template"},
		{"kustomize.toolkit.fluxcd.io", "kustomizations", false, "spec.sourceRef"},
		{"monitoring.coreos.com", "alertmanagers", false, "spec.containers"},
		{"monitoring.coreos.com", "prometheuses", false, "spec.containers"},
		{"monitoring.coreos.com", "thanosrulers", false, "spec.containers"},
		{"serving.knative.dev", "services", false, "spec.template.spec"},
		{"tekton.dev", "pipelineruns", false, "spec.taskRunTemplate.serviceAccountName"},
		{"tekton.dev", "taskruns", false, "spec.serviceAccountName"},
	}
}

func createCustomResources(more []CustomResource) Privilege {
	const condition = "The controller of the kind must run; its ServiceAccount and its settings decide."
	var ways []Access
	for _, kind := range slices.Concat(CustomResources(), more) {
		ways = append(ways, Access{
			APIGroup: kind.APIGroup, Resource: kind.Resource, Verbs: []string{"create", "update", "patch"},
			ClusterScoped: kind.ClusterScoped, Detail: kind.Resource + "." + kind.APIGroup + ": " + kind.Field,
		})
	}
	return Privilege{
		ID: "RBACCreateCustomResources", Catalogue: []string{"R45"},
		Title: "May write custom resources that make pods or apply manifests",
		Why:   "A controller makes pods, nodes or any object from the custom resource, with its own rights.",
		Fix: "Limit the rule to the kinds and namespaces that the workload manages, and the controller's own rights to what it " +
			"must do.",
		Cluster: []Effect{
			when(condition, finding.PodsOfCluster), when(condition, clusterAdmin),
		},
		Namespace: []Effect{when(condition, finding.PodsOfNamespace)},
		Needs:     [][]Access{ways},
		Sources:   "Documentation of the projects named; IceKube AZURE_POD_IDENTITY_EXCEPTION; rbac-tool.",
	}
}
