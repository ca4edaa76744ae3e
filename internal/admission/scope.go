package admission

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Scope is which pods a change can affect, by their namespaces. The zero value affects none.
type Scope struct {
	areas []area
}

// area holds the namespaces that both selectors match. A nil selector matches everything.
type area struct {
	policy, binding labels.Selector
	// name is that of the one namespace, empty for any.
	name string
}

// Empty tells that the change affects no pod.
func (s Scope) Empty() bool { return len(s.areas) == 0 }

// All tells that the change can affect the pods of every namespace, whatever its labels.
func (s Scope) All() bool {
	return slices.ContainsFunc(s.areas, func(a area) bool {
		return a.name == "" && (a.policy == nil || a.policy.Empty()) && (a.binding == nil || a.binding.Empty())
	})
}

// Matches tells whether the change can affect the pods of a namespace, given its labels as they are now.
func (s Scope) Matches(name string, namespaceLabels map[string]string) bool {
	set := labelsOf(name, namespaceLabels)
	return slices.ContainsFunc(s.areas, func(a area) bool {
		return (a.name == "" || a.name == name) && matches(a.policy, set) && matches(a.binding, set)
	})
}

func matches(s labels.Selector, set labels.Set) bool { return s == nil || s.Matches(set) }

// Union affects what either of the two affects.
func (s Scope) Union(other Scope) Scope { return Scope{slices.Concat(s.areas, other.areas)} }

// labelsOf are the labels of a namespace with the one that the API server gives to each. A manifest does not have it.
func labelsOf(name string, given map[string]string) labels.Set {
	if given[corev1.LabelMetadataName] == name {
		return given
	}
	set := make(labels.Set, len(given)+1)
	maps.Copy(set, given)
	set[corev1.LabelMetadataName] = name
	return set
}
