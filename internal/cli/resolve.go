package cli

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// everything is the wildcard of rules.
const everything = "*"

// asked is a resource that the user named, with its subresource.
type asked struct {
	resource
	subresource string
}

// parseResource takes a resource apart as kubectl writes it: deployments.apps, pods/exec.
func parseResource(arg string) (name, group, subresource string, err error) {
	name, subresource, slash := strings.Cut(arg, "/")
	name, group, dot := strings.Cut(strings.ToLower(name), ".")
	if name == "" || (slash && subresource == "") || (dot && group == "") || strings.ContainsAny(arg, " \t") {
		return "", "", "", fmt.Errorf("%q is no resource: write it as pods, pods/exec, deployments.apps or /healthz", arg)
	}
	return name, group, subresource, nil
}

// resolve finds the resource that the user means: by discovery, or among those of Kubernetes itself where only files are
// read. A resource of a group that is written out is taken as it is where nobody knows it.
func (o *sourceOptions) resolve(arg string) (asked, error) {
	name, group, subresource, err := parseResource(arg)
	if err != nil {
		return asked{}, err
	}
	if name == everything {
		if group == "" {
			group = everything
		}
		return asked{resource{group: group, plural: name}, subresource}, nil
	}
	found, ok := find(virtualResources(), name, group)
	if !ok {
		if found, ok, err = o.lookUp(name, group); err != nil {
			return asked{}, err
		}
	}
	switch {
	case ok:
	case group == "":
		return asked{}, fmt.Errorf("the resource %q is not known: of one that is not Kubernetes' own, or that the cluster does not serve, "+
			"the group has to be written, as in %s.example.com", name, name)
	default:
		note(o.ErrOut, "The resource %s.%s is not known: it is taken as it is written, for one whose objects are in namespaces.",
			name, group)
		found = resource{group: group, plural: name}
	}
	return asked{found, subresource}, nil
}

// lookUp asks the cluster, or the table where only files are read.
func (o *sourceOptions) lookUp(name, group string) (resource, bool, error) {
	if len(o.Filenames) > 0 {
		found, ok := find(builtinResources(), name, group)
		return found, ok, nil
	}
	mapper, err := o.ConfigFlags.ToRESTMapper()
	if err != nil {
		return resource{}, false, fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	gvr, err := mapper.ResourceFor(schema.GroupVersionResource{Group: group, Resource: name})
	if meta.IsNoMatchError(err) {
		return resource{}, false, nil
	}
	if err != nil {
		return resource{}, false, fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	gvk, err := mapper.KindFor(gvr)
	if err != nil {
		return resource{}, false, fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	mapping, err := mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return resource{}, false, fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	clusterScoped := mapping.Scope.Name() == meta.RESTScopeNameRoot
	return resource{group: gvr.Group, plural: gvr.Resource, clusterScoped: clusterScoped}, true, nil
}
