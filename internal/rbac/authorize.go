package rbac

import (
	"cmp"
	"slices"
)

// Attributes are a request, as the API server's authorizers see it.
type Attributes struct {
	Verb string
	// Path makes it a request for a URL that is no resource, such as /metrics. The fields below are then ignored.
	Path                            string
	APIGroup, Resource, Subresource string
	Namespace, Name                 string
}

// Allows decides a request as the API server's RBAC authorizer does, and names the grant that allows it: of several, the
// first by binding and rule, those for the whole cluster before those of the namespace.
//
// The request must be what the API server makes of it: a get of the namespace n carries n as its namespace too, and a
// list with a field selector on metadata.name carries the name.
func (r *Rights) Allows(a Attributes) (Grant, bool) {
	best := -1
	r.eachAllowing(&a, func(e int32) {
		if at := r.firstGrant(e); best < 0 || r.grants[at].less(r.grants[best]) {
			best = at
		}
	})
	if best < 0 {
		return Grant{}, false
	}
	return r.expand([]grant{r.grants[best]})[0], true
}

// Allowing lists every grant that allows a request by itself, by binding and rule: as long as one is left, the request is
// allowed.
func (r *Rights) Allowing(a Attributes) []Grant {
	var entries []int32
	r.eachAllowing(&a, func(e int32) { entries = append(entries, e) })
	slices.Sort(entries)
	return r.grantsOf(slices.Compact(entries))
}

// eachAllowing visits the entries of the permission set that allow a request. One may be visited more than once.
func (r *Rights) eachAllowing(a *Attributes, visit func(entry int32)) {
	consider := func(e int32) {
		scope := r.set.entries[e].namespace
		if (scope == "" || scope == a.Namespace) && r.set.entries[e].rule.allows(a) {
			visit(e)
		}
	}
	if a.Path != "" {
		for _, e := range r.set.lookup().urls {
			consider(e)
		}
		return
	}
	for _, name := range ruleResources(a.Resource, a.Subresource) {
		for _, e := range r.set.lookup().of(name) {
			consider(e.entry)
		}
	}
}

// ruleResources are the ways in which a rule can name a resource: literally, by *, and a subresource by */subresource.
// There is no pods/*: such a rule matches nothing but a subresource of that literal name.
func ruleResources(resource, subresource string) []string {
	if subresource == "" {
		return []string{wildcard, resource}
	}
	return []string{wildcard, resource + "/" + subresource, wildcard + "/" + subresource}
}

// allows is the rule's own part of the decision; the resource has been looked up for requests of resources.
func (r *Rule) allows(a *Attributes) bool {
	if !matches(r.Verbs, a.Verb) {
		return false
	}
	if a.Path != "" {
		return r.matchesURL(a.Path)
	}
	return matches(r.APIGroups, a.APIGroup) && r.matchesName(a.Name)
}

// firstGrant is the position of the first grant of an entry.
func (r *Rights) firstGrant(e int32) int {
	at, _ := slices.BinarySearchFunc(r.grants, e, func(g grant, e int32) int { return cmp.Compare(g.entry, e) })
	return at
}

func (g grant) less(other grant) bool {
	return cmp.Or(cmp.Compare(g.bound, other.bound), cmp.Compare(g.rule, other.rule)) < 0
}
