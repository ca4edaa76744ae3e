package rbac

import (
	"cmp"
	"slices"
	"strings"
)

// Access is one thing that a privilege needs: any of some verbs on one resource.
type Access struct {
	Verbs    []string
	APIGroup string
	// Resource includes the subresource: pods/exec. Empty: any resource but those of Except, whatever its group.
	Resource string
	Except   []string
	// NotNamespaced are resources, with their subresources, that count for the whole cluster only where any does.
	NotNamespaced []string
	// ClusterScoped: requests for it carry no namespace, so that a RoleBinding never gives it.
	ClusterScoped bool
	// Itself: the object is the namespace in which the request is judged (namespaces/<n>), so that a RoleBinding in n does.
	Itself bool
	// Namespace is the only one in which the objects matter. Empty: any.
	Namespace string
	// Names are the only objects that matter. Empty: any.
	Names []string
	// Path is set for URLs that are no resources; all but Verbs and Detail are then ignored.
	Path string
	// Detail says what makes this one dangerous, where a privilege has several ways.
	Detail string
}

func namespaced(group, resource string, verbs ...string) Access {
	return Access{APIGroup: group, Resource: resource, Verbs: verbs}
}

func clusterScoped(group, resource string, verbs ...string) Access {
	return Access{APIGroup: group, Resource: resource, Verbs: verbs, ClusterScoped: true}
}

// named limits an access to the objects that matter.
func (a Access) named(names ...string) Access {
	a.Names = names
	return a
}

// in limits an access to the namespace that matters.
func (a Access) in(namespace string) Access {
	a.Namespace = namespace
	return a
}

// String is the access as a rule would be written: create pods/exec.
func (a *Access) String() string {
	text := strings.Join(a.Verbs, "|") + " " + cmp.Or(a.Path, a.Resource, "any resource")
	if a.APIGroup != "" && a.Path == "" {
		text += " (" + a.APIGroup + ")"
	}
	if len(a.Names) > 0 {
		text += " named " + strings.Join(a.Names, " or ")
	}
	if a.Namespace != "" {
		text += " in " + a.Namespace
	}
	return text
}

func (a *Access) isSubresource() bool { return strings.Contains(a.Resource, "/") }

// candidates are the entries from..to that name the resource in some way, with repetitions.
func (a *Access) candidates(l *lookup, entries []entry, from, to int32, visit func(int32)) {
	switch {
	case a.Path != "":
		first, _ := slices.BinarySearch(l.urls, from)
		last, _ := slices.BinarySearch(l.urls, to)
		for _, e := range l.urls[first:last] {
			visit(e)
		}
	case a.Resource == "":
		for e := from; e < to; e++ {
			inNamespace := entries[e].namespace != ""
			if slices.ContainsFunc(entries[e].rule.Resources, func(r string) bool { return a.takes(r, inNamespace) }) {
				visit(e)
			}
		}
	default:
		resource, subresource, _ := strings.Cut(a.Resource, "/")
		for _, name := range ruleResources(resource, subresource) {
			for _, e := range l.within(name, from, to) {
				visit(e.entry)
			}
		}
	}
}

// takes tells whether a resource is among any.
func (a *Access) takes(resource string, inNamespace bool) bool {
	kind, _, _ := strings.Cut(resource, "/")
	return !slices.Contains(a.Except, resource) && (!inNamespace || !slices.Contains(a.NotNamespaced, kind))
}

// within lists the entries from..to that name the resource literally.
func (l *lookup) within(resource string, from, to int32) []resourceEntry {
	list := l.of(resource)
	byEntry := func(e resourceEntry, at int32) int { return cmp.Compare(e.entry, at) }
	first, _ := slices.BinarySearchFunc(list, from, byEntry)
	last, _ := slices.BinarySearchFunc(list, to, byEntry)
	return list[first:last]
}

// matchesRule tells whether a rule that names the resource gives the access's verb on it.
func (a *Access) matchesRule(r *Rule, verb string) bool {
	if !matches(r.Verbs, verb) {
		return false
	}
	if a.Path != "" {
		return r.matchesURL(a.Path)
	}
	return a.Resource == "" || matches(r.APIGroups, a.APIGroup)
}
