package cli

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/daysix/daysix/internal/reach"
)

// question is what the arguments ask.
func (o *reachOptions) question() (reach.Question, error) {
	if o.To != "" {
		return target(o.To)
	}
	if !slices.Contains(knownVerbs(), o.verb) {
		note(o.ErrOut, "%s is no verb of Kubernetes itself: rules that name it, or *, count.", o.verb)
	}
	q := reach.Question{Verb: o.verb}
	if strings.HasPrefix(o.resource, "/") {
		q.NonResourceURL = o.resource
		return q, nil
	}
	found, err := o.resolve(o.resource)
	if err != nil {
		return q, err
	}
	q.APIGroup, q.Resource, q.Subresource, q.Name = found.group, found.plural, found.subresource, o.name
	switch {
	case found.clusterScoped:
	case o.AllNamespaces:
		q.AnyNamespace = true
	default:
		q.Namespace, err = o.namespace()
	}
	return q, err
}

// target reads the value of --to.
func target(to string) (reach.Question, error) {
	kind, rest, _ := strings.Cut(to, "/")
	switch {
	case to == reach.ClusterAdmin:
		return reach.ToClusterAdmin(), nil
	case kind == "secret" || kind == "secrets":
		namespace, name, _ := strings.Cut(rest, "/")
		for _, part := range []string{namespace, name} {
			if part == "" || len(content.IsPathSegmentName(part)) > 0 {
				return reach.Question{}, fmt.Errorf("--to %q: a Secret is written as secret/NAMESPACE/NAME", to)
			}
		}
		return reach.ToSecret(namespace, name), nil
	case kind == "node":
		return reach.Question{}, fmt.Errorf("--to %q: the ways to a node are not known to this version; the answer ControlNode of "+
			"`kubectl daysix scan -o json` says which workloads get to some node by themselves", to)
	default:
		return reach.Question{}, fmt.Errorf("--to %q: must be secret/NAMESPACE/NAME or %s", to, reach.ClusterAdmin)
	}
}

// knownVerbs are those of requests, of URLs, and the ones that single resources are asked about with.
func knownVerbs() []string {
	return []string{
		everything, "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
		"post", "put", "head", "options",
		"approve", "attest", "bind", "escalate", "impersonate", "sign", "use",
	}
}
