package main

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/config"
)

// value is one that the chart takes: a leaf of values.yaml.
type value struct {
	path     string // with dots
	fallback any    // what values.yaml says
	schema   schema
	doc      string // a sentence or two of Markdown
}

func auditValues() []value {
	flags := listOf(schema{"type": "string", "pattern": "^--"})
	return []value{
		{"kubeAPI.qps", 200, number(1), "Requests a second to the API server."},
		{"kubeAPI.burst", 400, integer(1, 100_000), "Requests to the API server in a burst."},
		{"extraArgs", []any{}, flags, "Further flags of the manager, such as `--zap-log-level=debug`."},
		{"configuration.excludedNamespaces", []any{}, nil, "Namespaces that are left out: no assessment, no report."},
		{
			"configuration", nil, configurationSchema(),
			"All other fields of the [AuditConfiguration](../../docs/configuration.md) may stand beside it. `apiVersion` and `kind` are " +
				"given; `secretMetadata`, `dryRun` and `policyReports`, which need rights, have values of their own below.",
		},
		{
			"crds.enabled", true, boolean,
			"Install and upgrade the CustomResourceDefinitions. They stay when the release is uninstalled, and with them the reports.",
		},
	}
}

func imageValues(image image) []value {
	return []value{
		{"image.repository", image.repository, schema{"type": "string", "minLength": 1}, "The manager's image, without a tag."},
		{"image.tag", "", schema{"type": "string"}, "Its tag. Empty: the chart's `appVersion`, such as `v0.1.0`."},
		{
			"image.digest", "",
			schema{"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
			"Its digest, which takes the place of the tag. Pin it, as Daysix asks of others.",
		},
		{"image.pullPolicy", "IfNotPresent", enum("Always", "IfNotPresent", "Never"), "When the kubelet pulls it."},
		{"imagePullSecrets", []any{}, listOf(closed(map[string]schema{"name": text})), "Secrets of the namespace that pull it."},
	}
}

func podValues(resources, nodeSelector any) []value {
	return []value{
		{
			"replicas", 1, integer(0, 10),
			"More than one are standbys: all watch and assess, one writes. Each takes the memory of a whole manager.",
		},
		{
			"podDisruptionBudget.enabled", true, boolean,
			"With more than one replica, a budget that lets one at a time be evicted.",
		},
		{
			"topologySpreadConstraints",
			[]any{},
			listOf(schema{"type": "object"}),
			"How replicas are spread. Empty: over zones and nodes, where there is more than one replica and as far as it can be done.",
		},
		{
			"resources", resources, resourcesSchema(),
			"Of the manager. Give 64 MiB and 8 KiB for each pod: 512Mi are enough for some 50,000.",
		},
		{
			"priorityClassName", "",
			schema{"type": "string"},
			"Empty: none. An audit that waits harms nobody, a workload evicted for the sake of an audit does.",
		},
		{"nodeSelector", nodeSelector, mapOf(schema{"type": "string"}), "Labels of the nodes that the manager may run on."},
		{"tolerations", []any{}, listOf(tolerationSchema()), "Taints of nodes that it bears."},
		{"affinity", map[string]any{}, affinitySchema(), "Which nodes and neighbours it wants."},
		{
			"podLabels",
			map[string]any{},
			mapOf(schema{"type": "string"}),
			"Further labels of the pod. Those that the selectors name cannot be changed.",
		},
		{"podAnnotations", map[string]any{}, mapOf(schema{"type": "string"}), "Further annotations of the pod."},
	}
}

// values are those of a component. One that nobody has written a sentence about has a switch.
func (c component) values() []value {
	path := c.value(object{})
	scrapers := map[string]any{"matchLabels": map[string]any{"metrics": "enabled"}}
	switch c.name {
	case "dry-run":
		return []value{
			{
				path + ".enabled", c.byDefault, boolean,
				"[Ask the API server](../../docs/dry-run.md) by dry-run whether pods would be admitted. It grants the right to create " +
					"pods, and a guard that confines it to dry-runs.",
			},
			{path + ".requestsPerSecond", 10, integer(1, 100), "How many dry-runs are asked in a second."},
		}
	case "metrics":
		return []value{{
			path + ".enabled", c.byDefault, boolean,
			"Serve metrics on port 8443, to holders of the ClusterRole `daysix-metrics-reader`.",
		}}
	case "network-policy":
		return []value{
			{path + ".enabled", c.byDefault, boolean, "Let only scrapes in, and only the API server out."},
			{
				path + ".apiServerPorts",
				[]any{443, 6443, 8443},
				with(listOf(integer(1, 65535)), schema{"minItems": 1}),
				"Ports of the API server behind its Service, which differ between distributions.",
			},
			{
				path + ".metricsFrom", scrapers, selectorSchema(),
				"Namespaces that scrapes come from.",
			},
		}
	case "policy-reports":
		return []value{
			{
				path + ".enabled", c.byDefault, boolean,
				"[Tell other tools](../../docs/policy-reports.md) what the reports say. It grants the right to write their kind of report.",
			},
			{
				path + ".kind", config.OpenReports, enum(config.OpenReports, config.WGPolicy),
				"Which kind: that of OpenReports, or its predecessor.",
			},
		}
	case "secret-metadata":
		return []value{{
			path + ".enabled", c.byDefault, boolean,
			"[Tell which Secrets are tokens](../../docs/secret-metadata.md). It grants the right to list all Secrets, values included.",
		}}
	}
	return c.plainValues()
}

// plainValues are a switch for each that the objects of a component ask for.
func (c component) plainValues() []value {
	docs := map[string]string{
		"ServiceMonitor": "Have the Prometheus operator scrape the manager.",
		"ConfigMap":      "Have Grafana's sidecar load the [dashboards](../../docs/dashboards.md).",
		"PrometheusRule": "Have the Prometheus operator record and alert by Daysix's rules.",
	}
	var values []value
	for _, o := range c.added {
		path, doc := c.value(o), docs[o.kind()]
		if slices.ContainsFunc(values, func(v value) bool { return v.path == path+".enabled" }) {
			continue
		}
		if doc == "" {
			doc = "Install `config/components/" + c.name + "`."
		}
		values = append(values, value{path + ".enabled", c.byDefault, boolean, doc})
		if path != c.value(object{}) {
			labels := mapOf(schema{"type": "string"})
			values = append(values, value{path + ".labels", map[string]any{}, labels, "Labels that the operator selects by."})
		}
	}
	return values
}

// valuesFile writes values.yaml.
func valuesFile(values []value) (string, error) {
	var b strings.Builder
	b.WriteString("# Written by hack/chart. values.schema.json refuses what is not listed here; README.md has all of it as a table.\n")
	var open []string
	for _, v := range values {
		path := strings.Split(v.path, ".")
		if v.fallback == nil {
			continue // It says what may stand beside the values before it.
		}
		parents := path[:len(path)-1]
		shared := 0
		for shared < min(len(open), len(parents)) && open[shared] == parents[shared] {
			shared++
		}
		if shared == 0 {
			b.WriteString("\n")
		}
		for i, parent := range parents[shared:] {
			fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", shared+i), parent)
		}
		open = parents
		data, err := yaml.Marshal(map[string]any{path[len(path)-1]: v.fallback})
		if err != nil {
			return "", fmt.Errorf("writing the default of %s: %w", v.path, err)
		}
		indentation := strings.Repeat("  ", len(parents))
		b.WriteString(indentation + "# " + plain(v.doc) + "\n")
		for line := range strings.Lines(string(data)) {
			b.WriteString(indentation + line)
		}
	}
	return b.String(), nil
}
