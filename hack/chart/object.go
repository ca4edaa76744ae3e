package main

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// object is an object of the API, as it is written.
type object map[string]any

func readObjects(manifests string) ([]object, error) {
	var objects []object
	for document := range strings.SplitSeq(manifests, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			return nil, fmt.Errorf("reading what kustomize has rendered: %w", err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

func (o object) kind() string { return fmt.Sprint(o["kind"]) }

func (o object) name() string { return fmt.Sprint(o.at("metadata")["name"]) }

// id tells objects of one cluster apart.
func (o object) id() string {
	return fmt.Sprintf("%v %s %v/%s", o["apiVersion"], o.kind(), o.at("metadata")["namespace"], o.name())
}

// at is the mapping at a path, which is made where it is not there.
func (o object) at(path ...string) map[string]any {
	at := map[string]any(o)
	for _, key := range path {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	return at
}

// clone is a copy that shares nothing.
func (o object) clone() (object, error) {
	data, err := yaml.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("copying %s: %w", o.id(), err)
	}
	var clone object
	if err := yaml.Unmarshal(data, &clone); err != nil {
		return nil, fmt.Errorf("copying %s: %w", o.id(), err)
	}
	return clone, nil
}

// managerOf is the one container of the manager's Deployment.
func managerOf(deployment object) (map[string]any, error) {
	containers, ok := deployment.at("spec", "template", "spec")["containers"].([]any)
	if !ok || len(containers) != 1 {
		return nil, fmt.Errorf("%s has to have one container", deployment.id())
	}
	manager, ok := containers[0].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the container of %s is no mapping", deployment.id())
	}
	return manager, nil
}
