package config

import (
	"net/netip"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
)

// The version and kind that a configuration file declares.
const (
	APIVersion = "daysix.dev/v1alpha1"
	Kind       = "AuditConfiguration"
)

// AuditConfiguration is the configuration of the audit. It is a file of its own, not an object of the API: the manager
// reads it from a ConfigMap's volume, the command line from --config.
type AuditConfiguration struct {
	metav1.TypeMeta `json:",inline"`

	// SystemNamespaces may hold root-like pods. These are still assessed; only the finding that a root-like pod stands
	// in the wrong namespace is left out.
	SystemNamespaces []string `json:"systemNamespaces,omitempty"`
	// ExcludedNamespaces are left out: their workloads are not assessed and get no report.
	ExcludedNamespaces []string `json:"excludedNamespaces,omitempty"`
	// TrustedRegistries are the registries, with or without a path, that images may come from. Empty: any.
	TrustedRegistries []string `json:"trustedRegistries,omitempty"`
	// SandboxedRuntimeClasses name the RuntimeClasses whose handler isolates a pod by a kernel of its own.
	SandboxedRuntimeClasses []string `json:"sandboxedRuntimeClasses,omitempty"`
	// CustomResources are further kinds whose controller makes pods or applies manifests for whoever writes an object of
	// them. They are added to those that are known.
	CustomResources []rbac.CustomResource `json:"customResources,omitempty"`
	// PodSecurity is what the API server's own PodSecurityConfiguration says, which no API shows.
	PodSecurity PodSecurity `json:"podSecurity,omitzero"`
	// TrustedWebhooks are validating webhooks that are taken to admit every pod: the name of a configuration, or that and the
	// name of one of its webhooks after a slash.
	TrustedWebhooks []string `json:"trustedWebhooks,omitempty"`
	// ClusterCIDRs are the addresses of the cluster, as far as no API tells them for certain.
	ClusterCIDRs ClusterCIDRs `json:"clusterCIDRs,omitzero"`
	// SecretMetadata has the manager read the metadata of the Secrets that hold tokens of ServiceAccounts. It needs a right
	// that gives the values, too: config/components/secret-metadata grants it.
	SecretMetadata bool `json:"secretMetadata,omitempty"`
	// PolicyReports is the kind in which other tools are told what reports say: openreports, wgpolicy, or none, which is the
	// default. It needs the rights of config/components/policy-reports.
	PolicyReports string `json:"policyReports,omitempty"`
	// Owner says which label names the team or cost centre that a workload belongs to.
	Owner Owner `json:"owner,omitzero"`
	// Metrics bounds the number of time series.
	Metrics Metrics `json:"metrics,omitzero"`
	// DryRun is the mode that asks the API server by dry-run whether pods would be admitted.
	DryRun DryRun `json:"dryRun,omitzero"`
}

// The values of PolicyReports. The empty one is none, too.
const (
	NoPolicyReports = "none"
	OpenReports     = "openreports"
	WGPolicy        = "wgpolicy"
)

// ClusterCIDRs are all ranges of addresses of a kind. Where one is empty, that kind may have any private address.
type ClusterCIDRs struct {
	Pods     []string `json:"pods,omitempty"`
	Services []string `json:"services,omitempty"`
	// Nodes are added to the addresses that the Nodes themselves name.
	Nodes []string `json:"nodes,omitempty"`
}

// PodSecurity has the fields of the API server's PodSecurityConfiguration, so that its text can be copied.
type PodSecurity struct {
	// Defaults hold where a namespace has no label.
	Defaults PodSecurityDefaults `json:"defaults,omitzero"`
	// Exemptions are not judged at all.
	Exemptions PodSecurityExemptions `json:"exemptions,omitzero"`
}

// PodSecurityDefaults are levels (privileged, baseline, restricted; empty: privileged) and versions (latest, v1.37; empty:
// latest).
type PodSecurityDefaults struct {
	Enforce        string `json:"enforce,omitempty"`
	EnforceVersion string `json:"enforce-version,omitempty"`
	Audit          string `json:"audit,omitempty"`
	AuditVersion   string `json:"audit-version,omitempty"`
	Warn           string `json:"warn,omitempty"`
	WarnVersion    string `json:"warn-version,omitempty"`
}

// PodSecurityExemptions are names, each in full.
type PodSecurityExemptions struct {
	Usernames      []string `json:"usernames,omitempty"`
	RuntimeClasses []string `json:"runtimeClasses,omitempty"`
	Namespaces     []string `json:"namespaces,omitempty"`
}

// The values of Owner.From.
const (
	// OwnerFromWorkload are the labels that a workload gives to its pods.
	OwnerFromWorkload  = "workload"
	OwnerFromNamespace = "namespace"
)

// Owner says where it stands who a workload belongs to.
type Owner struct {
	// Label is the key of the label. Empty: nobody asks.
	Label string `json:"label,omitempty"`
	// From is whose labels are looked at, in order: workload, for the labels of its pods, and namespace. Empty: both, in this
	// order.
	From []string `json:"from,omitempty"`
}

// Metrics bounds the number of time series that the manager exports.
type Metrics struct {
	// MaxWorkloadSeries is the number of workloads, worst first, that have a series of their own. 0: none has.
	MaxWorkloadSeries int `json:"maxWorkloadSeries"`
	// MaxNamespaceSeries is the number of namespaces that have series of their own; the others are added up.
	// 0: all are added up.
	MaxNamespaceSeries int `json:"maxNamespaceSeries"`
}

// DryRun is the mode that asks the API server by dry-run whether pods would be admitted. It needs the right to create pods
// and the guard of config/components/dry-run, and does nothing while either is missing.
type DryRun struct {
	// Enabled switches the mode on.
	Enabled bool `json:"enabled"`
	// RequestsPerSecond is how many dry-runs are asked in a second.
	RequestsPerSecond int `json:"requestsPerSecond"`
}

// Default is the configuration where no file says anything else.
func Default() *AuditConfiguration {
	return &AuditConfiguration{
		TypeMeta: metav1.TypeMeta{APIVersion: APIVersion, Kind: Kind},
		// The other namespaces that Kubernetes creates, kube-public and kube-node-lease, hold no pods.
		SystemNamespaces: []string{metav1.NamespaceSystem},
		Metrics:          Metrics{MaxWorkloadSeries: 500, MaxNamespaceSeries: 200},
		DryRun:           DryRun{RequestsPerSecond: 10},
	}
}

// PostureSettings are the parts that the posture checks read.
func (c *AuditConfiguration) PostureSettings() posture.Settings {
	return posture.Settings{
		SystemNamespaces:        slices.Clone(c.SystemNamespaces),
		TrustedRegistries:       slices.Clone(c.TrustedRegistries),
		SandboxedRuntimeClasses: slices.Clone(c.SandboxedRuntimeClasses),
	}
}

// PolicyReportFormat is the kind in which other tools are told; empty for none.
func (c *AuditConfiguration) PolicyReportFormat() string {
	if c.PolicyReports == NoPolicyReports {
		return ""
	}
	return c.PolicyReports
}

// Places are those where the owner is looked for, in order.
func (o *Owner) Places() []string {
	if len(o.From) == 0 {
		return ownerPlaces()
	}
	return slices.Clone(o.From)
}

func ownerPlaces() []string { return []string{OwnerFromWorkload, OwnerFromNamespace} }

// PodSecuritySettings are those of Pod Security in a cluster whose API server has a minor version; 0 where it is not known.
func (c *AuditConfiguration) PodSecuritySettings(minor int) podsecurity.Settings {
	d, e := &c.PodSecurity.Defaults, &c.PodSecurity.Exemptions
	return podsecurity.Settings{
		Defaults: podsecurity.Defaults{
			Enforce: d.Enforce, EnforceVersion: d.EnforceVersion, Audit: d.Audit, AuditVersion: d.AuditVersion,
			Warn: d.Warn, WarnVersion: d.WarnVersion,
		},
		Exemptions: podsecurity.Exemptions{
			Namespaces: slices.Clone(e.Namespaces), RuntimeClasses: slices.Clone(e.RuntimeClasses), Usernames: slices.Clone(e.Usernames),
		},
		Minor: minor,
	}
}

// TrustsWebhook tells whether a validating webhook is taken to admit every pod.
func (c *AuditConfiguration) TrustsWebhook(configuration, webhook string) bool {
	return slices.Contains(c.TrustedWebhooks, configuration) || slices.Contains(c.TrustedWebhooks, configuration+"/"+webhook)
}

// ClusterRanges are the ranges of addresses of the cluster. What is none, which validation refuses, is left out.
func (c *AuditConfiguration) ClusterRanges() netpol.Ranges {
	parse := func(texts []string) (out []netip.Prefix) {
		for _, text := range texts {
			if prefix, err := netip.ParsePrefix(text); err == nil {
				out = append(out, prefix)
			}
		}
		return out
	}
	r := &c.ClusterCIDRs
	return netpol.Ranges{Pods: parse(r.Pods), Services: parse(r.Services), Nodes: parse(r.Nodes)}
}

// Excludes tells whether the workloads of a namespace are left out.
func (c *AuditConfiguration) Excludes(namespace string) bool {
	return slices.Contains(c.ExcludedNamespaces, namespace)
}
