package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
)

const head = "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\n"

func TestDefaultsAreValid(t *testing.T) {
	if errs := Default().Validate(); len(errs) > 0 {
		t.Error(errs)
	}
}

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     func(*AuditConfiguration)
	}{
		{"what is not given keeps its default", head, func(*AuditConfiguration) {}},
		{
			"a list replaces the default as a whole", head + "systemNamespaces: [a, b]\n",
			func(c *AuditConfiguration) { c.SystemNamespaces = []string{"a", "b"} },
		},
		{
			"an empty list is a list", head + "systemNamespaces: []\n",
			func(c *AuditConfiguration) { c.SystemNamespaces = []string{} },
		},
		{
			"one bound leaves the other alone", head + "metrics: {maxWorkloadSeries: 0}\n",
			func(c *AuditConfiguration) { c.Metrics.MaxWorkloadSeries = 0 },
		},
		{
			"a mode is switched on at its usual pace", head + "dryRun: {enabled: true}\n",
			func(c *AuditConfiguration) { c.DryRun = DryRun{Enabled: true, RequestsPerSecond: 10} },
		},
		{
			"JSON is taken as well", `{"apiVersion":"daysix.dev/v1alpha1","kind":"AuditConfiguration","excludedNamespaces":["a"]}`,
			func(c *AuditConfiguration) { c.ExcludedNamespaces = []string{"a"} },
		},
		{
			"registries may have a port and a path", head + "trustedRegistries: [registry.example, 'localhost:5000', docker.io/library/]\n",
			func(c *AuditConfiguration) {
				c.TrustedRegistries = []string{"registry.example", "localhost:5000", "docker.io/library/"}
			},
		},
		{
			"ranges of the cluster", head + "clusterCIDRs: {pods: [10.244.0.0/16, 'fd00:1::/48'], services: [10.96.0.0/12]}\n",
			func(c *AuditConfiguration) {
				c.ClusterCIDRs = ClusterCIDRs{Pods: []string{"10.244.0.0/16", "fd00:1::/48"}, Services: []string{"10.96.0.0/12"}}
			},
		},
		{
			"Secrets are read where they are asked for", head + "secretMetadata: true\n",
			func(c *AuditConfiguration) { c.SecretMetadata = true },
		},
		{
			"other tools are told in a kind of theirs", head + "policyReports: wgpolicy\n",
			func(c *AuditConfiguration) { c.PolicyReports = WGPolicy },
		},
		{
			"owners are looked for in one place", head + "owner: {label: example.com/team, from: [namespace]}\n",
			func(c *AuditConfiguration) { c.Owner = Owner{Label: "example.com/team", From: []string{"namespace"}} },
		},
		{
			"custom resources, with what makes them dangerous",
			head + "customResources: [{apiGroup: ci.example, resource: runs, clusterScoped: true, field: 'spec.steps[*].image'}]\n",
			func(c *AuditConfiguration) {
				c.CustomResources = []rbac.CustomResource{
					{APIGroup: "ci.example", Resource: "runs", ClusterScoped: true, Field: "spec.steps[*].image"},
				}
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := Default()
			test.want(want)
			got, err := Decode([]byte(test.in), "audit.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeNamesFileFieldAndValue(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"an empty file", "", []string{"audit.yaml: must hold one AuditConfiguration, not 0 documents"}},
		{"two documents", head + "---\n" + head, []string{"audit.yaml: must hold one AuditConfiguration, not 2 documents"}},
		{"no version and kind", "systemNamespaces: []\n", []string{
			"audit.yaml: apiVersion: Required value: must be daysix.dev/v1alpha1",
			"audit.yaml: kind: Required value: must be AuditConfiguration",
		}},
		{"another version", "apiVersion: config.daysix.dev/v2\nkind: AuditConfiguration\n", []string{
			`audit.yaml: apiVersion: Unsupported value: "config.daysix.dev/v2": supported values: "daysix.dev/v1alpha1"`,
		}},
		{"an unknown field", head + "metrics: {maxSeries: 1}\n", []string{"audit.yaml: metrics.maxSeries: unknown field"}},
		{"a kind of policy report that is not known", head + "policyReports: kyverno\n", []string{
			`audit.yaml: policyReports: Unsupported value: "kyverno": supported values: "none", "openreports", "wgpolicy"`,
		}},
		{"owners without a label, in a place that is none", head + "owner: {from: [cluster]}\n", []string{
			"audit.yaml: owner.label: Required value: from says where the label stands",
			`audit.yaml: owner.from[0]: Unsupported value: "cluster": supported values: "workload", "namespace"`,
		}},
		{"a field in another case", head + "SystemNamespaces: []\n", []string{"audit.yaml: SystemNamespaces: unknown field"}},
		{"a field given twice", head + "metrics: {}\nmetrics: {}\n", []string{
			`audit.yaml: yaml: unmarshal errors:`, `  line 4: key "metrics" already set in map`,
		}},
		{"a value of the wrong type", head + "systemNamespaces: [a, 7]\n", []string{
			"audit.yaml: systemNamespaces[1]: Invalid value: 7: must be a string, not number",
		}},
		{"text in the place of a number", head + "metrics: {maxWorkloadSeries: many}\n", []string{
			`audit.yaml: metrics.maxWorkloadSeries: Invalid value: "many": must be an integer, not string`,
		}},
		{"text in the place of a switch", head + "secretMetadata: 'yes'\n", []string{
			`audit.yaml: secretMetadata: Invalid value: "yes": must be true or false, not string`,
		}},
		{"values out of range, all at once", head + "metrics: {maxWorkloadSeries: -1, maxNamespaceSeries: 10001}\n", []string{
			"audit.yaml: metrics.maxWorkloadSeries: Invalid value: -1: must be between 0 and 10000",
			"audit.yaml: metrics.maxNamespaceSeries: Invalid value: 10001: must be between 0 and 10000",
		}},
		{"ranges that are none", head + "clusterCIDRs: {pods: [10.244.0.1/16], nodes: [node-1]}\n", []string{
			`audit.yaml: clusterCIDRs.pods[0]: Invalid value: "10.244.0.1/16": must be a range of addresses with no bits set behind ` +
				`its mask, such as 10.244.0.0/16`,
			`audit.yaml: clusterCIDRs.nodes[0]: Invalid value: "node-1": must be a range of addresses with no bits set behind ` +
				`its mask, such as 10.244.0.0/16`,
		}},
		{"a pace of nothing", head + "dryRun: {enabled: true, requestsPerSecond: 0}\n", []string{
			"audit.yaml: dryRun.requestsPerSecond: Invalid value: 0: must be between 1 and 100",
		}},
		{"a name that no namespace can have", head + "excludedNamespaces: ['team-*']\n", []string{
			`audit.yaml: excludedNamespaces[0]: Invalid value: "team-*": a lowercase RFC 1123 label must consist of lower case ` +
				`alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', ` +
				`regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
		}},
		{"an entry given twice", head + "excludedNamespaces: [a, a]\n", []string{`audit.yaml: excludedNamespaces[1]: Duplicate value: "a"`}},
		{"a URL in the place of a registry", head + "trustedRegistries: ['https://registry.example']\n", []string{
			`audit.yaml: trustedRegistries[0]: Invalid value: "https://registry.example": must be a registry with or without a path, ` +
				`such as registry.example:5000/team`,
		}},
		{"custom resources without what they need", head + "customResources: [{resource: Runs, field: 'spec.steps[0]'}]\n", []string{
			"audit.yaml: customResources[0].apiGroup: Required value: must be given",
			`audit.yaml: customResources[0].resource: Invalid value: "Runs": a DNS-1035 label must consist of lower case alphanumeric ` +
				`characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', ` +
				`regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
			`audit.yaml: customResources[0].field: Invalid value: "spec.steps[0]": must be the path of a field, such as spec.template ` +
				`or spec.templates[*].container`,
		}},
		{
			"a custom resource given twice", head + "customResources: [{apiGroup: a.b, resource: c, field: d}, {apiGroup: a.b, resource: c, field: e}]\n",
			[]string{`audit.yaml: customResources[1]: Duplicate value: "c.a.b"`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode([]byte(test.in), "audit.yaml")
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	if _, err := Load(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the component of the dry-run mode puts in the place of the configuration is one.
func TestTheConfigurationOfTheDryRunModeIsValid(t *testing.T) {
	want := Default()
	want.DryRun.Enabled = true
	got, err := Load(filepath.Join("..", "..", "config", "components", "dry-run", "audit_configuration.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPostureSettings(t *testing.T) {
	c := &AuditConfiguration{
		SystemNamespaces: []string{"a"}, TrustedRegistries: []string{"b"}, SandboxedRuntimeClasses: []string{"c"},
	}
	want := posture.Settings{
		SystemNamespaces: []string{"a"}, TrustedRegistries: []string{"b"}, SandboxedRuntimeClasses: []string{"c"},
	}
	if diff := cmp.Diff(want, c.PostureSettings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte(head + "systemNamespaces: [a]\nmetrics: {maxWorkloadSeries: 7}\n"))
	f.Add([]byte(`{"apiVersion":1,"metrics":[{"a":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Decode(data, "fuzz")
		if (c == nil) == (err == nil) {
			t.Fatalf("configuration %v with error %v", c, err)
		}
		if c != nil && len(c.Validate()) > 0 {
			t.Errorf("an invalid configuration is accepted: %v", c.Validate())
		}
		if err != nil && !strings.HasPrefix(err.Error(), "fuzz: ") {
			t.Errorf("the error does not begin with the file: %v", err)
		}
	})
}
