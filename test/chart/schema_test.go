package chart

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/config"
)

func TestWrongValuesAreRefusedByNameAndValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, want string }{
		{"replicas=-1", "at '/replicas': minimum: got -1, want 0"},
		{`replicas="two"`, "at '/replicas': got string, want integer"},
		{"replica=2", "additional properties 'replica' not allowed"},
		{`resources.limit={"cpu": 1}`, "at '/resources': additional properties 'limit' not allowed"},
		{`configuration.excludedNamespace=["a"]`, "at '/configuration': additional properties 'excludedNamespace' not allowed"},
		{`configuration.excludedNamespaces="a"`, "at '/configuration/excludedNamespaces': got string, want array"},
		{"configuration.dryRun={}", "at '/configuration': additional properties 'dryRun' not allowed"},
		{"configuration.secretMetadata=true", "at '/configuration': additional properties 'secretMetadata' not allowed"},
		{`dryRun.enabled="yes"`, "at '/dryRun/enabled': got string, want boolean"},
		{"dryRun.requestsPerSecond=1000", "at '/dryRun/requestsPerSecond': maximum: got 1,000, want 100"},
		{`image.digest="latest"`, "at '/image/digest': 'latest' does not match pattern"},
		{`image.pullPolicy="Sometimes"`, "at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'"},
		{`extraArgs=["zap-log-level=debug"]`, "at '/extraArgs/0': 'zap-log-level=debug' does not match pattern '^--'"},
		{"kubeAPI.burst=0", "at '/kubeAPI/burst': minimum: got 0, want 1"},
		{"networkPolicy.apiServerPorts=[]", "at '/networkPolicy/apiServerPorts': minItems: got 0, want 1"},
		{`tolerations=[{"keys": "a"}]`, "at '/tolerations/0': additional properties 'keys' not allowed"},
	} {
		if _, err := tool(t, "helm", "template", release, shipped(t), "--set-json", c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.value, err, c.want)
		}
	}
}

// What the schema lets through and the manager refuses ends in a pod that does not start; the other way round a valid
// configuration cannot be installed.
func TestTheSchemaBoundsTheConfigurationAsTheManagerDoes(t *testing.T) {
	t.Parallel()
	series, levels, names := []string{"-1", "0", "10000", "10001"}, []string{"1", `"baseline"`, `"base"`}, []string{`[]`, `["a"]`, `["a", "a"]`, "true"}
	for field, values := range map[string][]string{
		`{"metrics": {"maxWorkloadSeries": %s, "maxNamespaceSeries": 1}}`: series,
		`{"metrics": {"maxWorkloadSeries": 1, "maxNamespaceSeries": %s}}`: series,
		`{"podSecurity": {"defaults": {"enforce": %s}}}`:                  levels,
		`{"podSecurity": {"defaults": {"warn": %s}}}`:                     levels,
		`{"systemNamespaces": %s}`:                                        names,
		`{"podSecurity": {"exemptions": {"usernames": %s}}}`:              names,
	} {
		for _, value := range values {
			given := fmt.Sprintf(field, value)
			_, refused := tool(t, "helm", "template", release, shipped(t), "--set-json", "configuration="+given)
			text := strings.Replace(given, "{", `{"apiVersion": "daysix.dev/v1alpha1", "kind": "AuditConfiguration", `, 1)
			if !json.Valid([]byte(text)) {
				t.Fatalf("%s is no JSON", text)
			}
			_, wrong := config.Decode([]byte(text), "config.yaml")
			if (refused == nil) != (wrong == nil) {
				t.Errorf("%s: the schema says %v, the manager %v", given, refused, wrong)
			}
		}
	}
}
