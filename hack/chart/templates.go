package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	generated = "{{- /* Written by hack/chart from config/. */ -}}\n"
	prefix    = "daysix-" // of the names that kustomize makes
	// hookSuffix tells the guard of the time of an installation from the one that stays.
	hookSuffix = "-hook"
)

// templates are the files of the chart that come of objects.
func templates(r *rendering) (map[string]string, error) {
	files := map[string]string{}
	for _, o := range r.core {
		if err := addCore(files, r, o); err != nil {
			return nil, err
		}
	}
	for _, c := range r.components {
		for _, o := range c.added {
			if err := addOf(files, c, o); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// addCore adds an object that is there without any component.
func addCore(files map[string]string, r *rendering, o object) error {
	switch {
	case o.kind() == "Namespace":
		return nil // That is for Helm to make.
	case o.kind() == "CustomResourceDefinition":
		return add(files, o, ".Values.crds.enabled", definition)
	case o.kind() == "Deployment":
		return add(files, r.deployment, "", deployment)
	case o.kind() == "ConfigMap" && o.name() == prefix+"audit-configuration":
		return add(files, o, "", configMap)
	default:
		return add(files, o, "", nil)
	}
}

// addOf adds an object of a component, on the condition of its value.
func addOf(files map[string]string, c component, o object) error {
	condition := ".Values." + c.value(o) + ".enabled"
	switch o.kind() {
	case "NetworkPolicy":
		return add(files, o, condition, networkPolicy)
	case "ServiceMonitor", "PrometheusRule": // Their operator selects them by labels.
		value := c.value(o)
		return add(files, o, condition, func(p *page, o object) error {
			p.lines(o.at("metadata", "labels"), "{{- with .Values."+value+".labels }}\n{{- toYaml . | nindent HERE }}\n{{- end }}")
			return nil
		})
	case "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding":
		for _, hook := range []*hook{guardBefore, guardAfter} {
			if err := add(files, o, condition, hook.put); err != nil {
				return err
			}
		}
	}
	return add(files, o, condition, nil)
}

// value is the path of the value that switches an object of a component on.
func (c component) value(o object) string {
	words := strings.Split(c.name, "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	value := strings.Join(words, "")
	switch o.kind() {
	case "ServiceMonitor":
		return value + ".monitor"
	case "PrometheusRule":
		return value + ".rules"
	}
	return value
}

// add adds the template of an object, after change has put slots into it. An empty condition always holds.
func add(files map[string]string, o object, condition string, change func(*page, object) error) error {
	o, err := o.clone()
	if err != nil {
		return err
	}
	p := &page{}
	if change != nil {
		if err := change(p, o); err != nil {
			return fmt.Errorf("%s: %w", o.id(), err)
		}
	}
	labels := o.at("metadata", "labels")
	maps.DeleteFunc(labels, func(label string, _ any) bool { return strings.HasPrefix(label, "app.kubernetes.io/") })
	p.lines(labels, `{{- include "daysix.labels" . | nindent HERE }}`)
	text, err := p.text(o)
	if err != nil {
		return err
	}
	if condition != "" {
		text = "{{- if " + condition + " }}\n" + text + "{{- end }}\n"
	}
	name := "templates/" + strings.ToLower(o.kind()) + "-" + strings.TrimPrefix(o.name(), prefix) + ".yaml"
	for _, h := range []*hook{guardBefore, guardAfter} {
		if o.at("metadata", "annotations")["helm.sh/hook"] == h.events {
			name = "templates/" + h.name + "-" + strings.ToLower(o.kind()) + ".yaml"
		}
	}
	if _, twice := files[name]; twice {
		return fmt.Errorf("%s: %s is the file of another object", o.id(), name)
	}
	files[name] = generated + text
	return nil
}

// definition has Helm upgrade a definition and keep it, with the reports, when the release goes.
func definition(_ *page, o object) error {
	o.at("metadata", "annotations")["helm.sh/resource-policy"] = "keep"
	return nil
}

func configMap(p *page, o object) error {
	o["data"] = map[string]any{"config.yaml": p.slot("||\n{{- include \"daysix.configuration\" . | nindent INSIDE }}")}
	return nil
}

func networkPolicy(p *page, o object) error {
	spec := o.at("spec")
	spec["ingress"] = p.slot(strings.Join([]string{
		"|",
		"  - from:",
		"      - namespaceSelector: {{- toYaml .Values.networkPolicy.metricsFrom | nindent 12 }}",
		"    ports:",
		"      - port: 8443",
		"        protocol: TCP",
	}, "\n"))
	spec["egress"] = p.slot(strings.Join([]string{
		"|",
		"  - ports:",
		"      {{- range .Values.networkPolicy.apiServerPorts }}",
		"      - port: {{ . }}",
		"        protocol: TCP",
		"      {{- end }}",
	}, "\n"))
	return nil
}

// hook is a copy of the guard of the dry-run mode that Helm creates or deletes around an installation or upgrade. Helm installs
// kinds that it does not know last, policies among them, after the right that they confine. The copy holds meanwhile.
type hook struct {
	name, events, policies string
}

var (
	guardBefore = &hook{"hook-before", "pre-install,pre-upgrade,pre-rollback", "before-hook-creation"}
	// Helm can delete what a hook has left only by way of a hook of the same name that ends.
	guardAfter = &hook{"hook-after", "post-install,post-upgrade,post-rollback,post-delete", "before-hook-creation,hook-succeeded"}
)

// put makes an object of the guard the copy.
func (h *hook) put(_ *page, o object) error {
	metadata := o.at("metadata")
	metadata["name"] = o.name() + hookSuffix
	weight := "-2"
	if o.kind() == "ValidatingAdmissionPolicyBinding" {
		weight = "-1"
		o.at("spec")["policyName"] = fmt.Sprint(o.at("spec")["policyName"]) + hookSuffix
	}
	maps.Copy(o.at("metadata", "annotations"), map[string]any{
		"helm.sh/hook": h.events, "helm.sh/hook-delete-policy": h.policies, "helm.sh/hook-weight": weight,
	})
	return nil
}

// keys are those of a mapping, in order.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
