package reach

import (
	"slices"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/rbac"
)

// Question is what is asked of every workload: a request, or what To names.
type Question struct {
	// Verb and what it is used on, for a request. An empty APIGroup is the core group.
	Verb        string `json:"verb,omitempty"`
	APIGroup    string `json:"apiGroup,omitempty"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	// Name is the object. Empty: any object, so that a rule for some names does not do.
	Name string `json:"name,omitempty"`
	// Namespace is where; empty for what is in no namespace.
	Namespace string `json:"namespace,omitempty"`
	// AnyNamespace asks for a right in some namespace at least.
	AnyNamespace bool `json:"anyNamespace,omitempty"`
	// NonResourceURL is a path of the API server that is no resource, in the place of all but the verb.
	NonResourceURL string `json:"nonResourceURL,omitempty"`
	// To is a target: cluster-admin, node/worker-1 or secret/shop/db.
	To string `json:"to,omitempty"`

	target attackgraph.Vertex
}

// ClusterAdmin is the target that can do everything.
const ClusterAdmin = "cluster-admin"

// ToSecret asks who can read a Secret.
func ToSecret(namespace, name string) Question {
	return Question{
		To:     "secret/" + namespace + "/" + name,
		target: attackgraph.Vertex{Kind: attackgraph.KindSecret, Object: attackgraph.Key{Namespace: namespace, Name: name}},
	}
}

// ToNode asks who becomes root on a node.
func ToNode(name string) Question {
	return Question{
		To: "node/" + name, target: attackgraph.Vertex{Kind: attackgraph.KindNode, Object: attackgraph.Key{Name: name}},
	}
}

// ToClusterAdmin asks who can do everything.
func ToClusterAdmin() Question {
	return Question{To: ClusterAdmin, target: attackgraph.Vertex{Kind: attackgraph.KindClusterAdmin}}
}

// Target is what a question with To asks about.
func (q *Question) Target() attackgraph.Vertex { return q.target }

// requests are those that are asked about: any one of them will do.
func (q *Question) requests() []rbac.Attributes {
	if q.To != "" {
		base := rbac.Attributes{Resource: "secrets", Namespace: q.target.Object.Namespace, Name: q.target.Object.Name}
		get, list, watch := base, base, base
		get.Verb, list.Verb, watch.Verb = "get", "list", "watch"
		return []rbac.Attributes{get, list, watch}
	}
	a := rbac.Attributes{
		Verb: q.Verb, Path: q.NonResourceURL, APIGroup: q.APIGroup, Resource: q.Resource, Subresource: q.Subresource,
		Namespace: q.Namespace, Name: q.Name,
	}
	if a.Resource == "namespaces" && a.APIGroup == "" && a.Name != "" {
		a.Namespace = a.Name // A request for a namespace is judged within it.
	}
	return []rbac.Attributes{a}
}

// granted are the ways by which rights answer the question, by binding and rule.
func (q *Question) granted(rights *rbac.Rights) []Way {
	var ways []Way
	for _, a := range q.requests() {
		for _, namespace := range q.namespaces(rights, a.Namespace) {
			a.Namespace = namespace
			for _, g := range rights.Allowing(a) {
				ways = addGrant(ways, a.Verb, &g)
			}
		}
	}
	slices.SortStableFunc(ways, compareWays)
	return ways
}

// namespaces are those to ask about: the one of the question, or all in which the rights may differ.
func (q *Question) namespaces(rights *rbac.Rights, own string) []string {
	if !q.AnyNamespace {
		return []string{own}
	}
	all := []string{""}
	for _, g := range rights.Grants() {
		all = append(all, g.Binding.Namespace)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
