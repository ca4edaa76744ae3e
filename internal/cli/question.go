package cli

import (
	"slices"
	"strings"

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

// knownVerbs are those of requests, of URLs, and the ones that single resources are asked about with.
func knownVerbs() []string {
	return []string{
		everything, "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
		"post", "put", "head", "options",
		"approve", "attest", "bind", "escalate", "impersonate", "sign", "use",
	}
}
