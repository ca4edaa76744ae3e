package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// deployment puts the values into the manager's Deployment.
func deployment(p *page, o object) error {
	spec, template, pod := o.at("spec"), o.at("spec", "template", "metadata"), o.at("spec", "template", "spec")
	manager, err := managerOf(o)
	if err != nil {
		return err
	}
	spec["replicas"] = p.slot("|{{ .Values.replicas }}")
	// What is fixed wins: the selectors need it.
	labels, annotations := pairs(object(template).at("labels")), pairs(object(template).at("annotations"))
	annotations += ` "daysix.dev/configuration-read-at-start" (include "daysix.readAtStart" . | sha256sum)`
	template["labels"] = p.slot("|{{- merge (dict " + labels + ") .Values.podLabels | toYaml | nindent INSIDE }}")
	template["annotations"] = p.slot("|{{- merge (dict " + annotations + ") .Values.podAnnotations | toYaml | nindent INSIDE }}")
	for _, field := range []string{"imagePullSecrets", "nodeSelector", "tolerations", "affinity"} {
		delete(pod, field)
		p.lines(pod, optional(field))
	}
	p.lines(pod, "{{- with .Values.priorityClassName }}\npriorityClassName: {{ . }}\n{{- end }}")
	p.lines(pod, "{{- with include \"daysix.topologySpread\" . }}\n{{- . | nindent HERE }}\n{{- end }}")
	return container(p, manager)
}

func container(p *page, manager map[string]any) error {
	manager["image"] = p.slot(`|{{ include "daysix.image" . }}`)
	manager["imagePullPolicy"] = p.slot("|{{ .Values.image.pullPolicy }}")
	manager["resources"] = p.slot("|{{- toYaml .Values.resources | nindent INSIDE }}")
	args, ok := manager["args"].([]any)
	if !ok {
		return errors.New("the manager's container has no args")
	}
	metrics := func(entry any) bool { return strings.Contains(fmt.Sprint(entry), "metrics") }
	if err := conditional(p, args, metrics); err != nil {
		return err
	}
	manager["args"] = append(args,
		p.slot("|--kube-api-qps={{ .Values.kubeAPI.qps }}"), p.slot("|--kube-api-burst={{ int .Values.kubeAPI.burst }}"),
		p.slot("{{- range .Values.extraArgs }}\n|{{ . | quote }}\n{{- end }}"))
	ports, ok := manager["ports"].([]any)
	if !ok {
		return errors.New("the manager's container has no ports")
	}
	return conditional(p, ports, metrics)
}

// conditional has the entries that serve metrics depend on whether they are served.
func conditional(p *page, entries []any, metrics func(any) bool) error {
	for i, entry := range entries {
		if !metrics(entry) {
			continue
		}
		slot, err := p.when(".Values.metrics.enabled", entry)
		if err != nil {
			return err
		}
		entries[i] = slot
	}
	return nil
}

// optional are the lines of a field that is left out where its value is empty.
func optional(field string) string {
	return "{{- with .Values." + field + " }}\n" + field + ": {{- toYaml . | nindent INSIDE }}\n{{- end }}"
}

// pairs are the arguments of the template function dict.
func pairs(mapping map[string]any) string {
	var words []string
	for _, key := range keys(mapping) {
		words = append(words, fmt.Sprintf("%q %q", key, mapping[key]))
	}
	return strings.Join(slices.Clip(words), " ")
}
