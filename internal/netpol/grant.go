package netpol

import (
	"reflect"
	"slices"
)

// permits tells whether the Grant lets a route refer to a Service of its namespace.
func (g *Grant) permits(r routeKey, to serviceRef) bool {
	return slices.Contains(g.From, GrantFrom{r.kind, r.namespace}) && (g.AnyService || slices.Contains(g.Services, to.name))
}

// permitted tells whether a route may refer to a Service of another namespace: maybe where there may be ReferenceGrants that
// nobody tells of.
func (x *Index) permitted(r routeKey, to serviceRef) match {
	for _, g := range x.grants[to.namespace] {
		if g.permits(r, to) {
			return yes
		}
	}
	if x.allGrants {
		return no
	}
	return maybe
}

// UpsertGrant records a ReferenceGrant.
func (x *Index) UpsertGrant(g Grant) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	of := x.grants[g.Namespace]
	if old, ok := of[g.Name]; ok && reflect.DeepEqual(old, g) {
		return Affected{}
	}
	if of == nil {
		of = map[string]Grant{}
		x.grants[g.Namespace] = of
	}
	of[g.Name] = g
	return x.grantedLocked(g.Namespace)
}

// DeleteGrant forgets a ReferenceGrant.
func (x *Index) DeleteGrant(namespace, name string) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	of := x.grants[namespace]
	if _, ok := of[name]; !ok {
		return Affected{}
	}
	if delete(of, name); len(of) == 0 {
		delete(x.grants, namespace)
	}
	return x.grantedLocked(namespace)
}

// SetAllGrants says whether every ReferenceGrant of the cluster is told of. Where not, a reference to another namespace that
// none is known to permit is one on a condition.
func (x *Index) SetAllGrants(all bool) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.allGrants == all {
		return Affected{}
	}
	x.allGrants = all
	c := x.newChange()
	for ref, routes := range x.backends {
		c.granted(ref, routes)
	}
	return c.affected()
}

// grantedLocked says that references to Services of a namespace may be permitted otherwise than before.
func (x *Index) grantedLocked(namespace string) Affected {
	c := x.newChange()
	if n := x.namespaces[namespace]; n != nil {
		for name := range n.services {
			ref := serviceRef{namespace, name}
			c.granted(ref, x.backends[ref])
		}
	}
	return c.affected()
}

// granted says so of the routes to one Service.
func (c *change) granted(ref serviceRef, routes map[*route]struct{}) {
	for r := range routes {
		if r.key.namespace != ref.namespace {
			c.routed(ref)
			return
		}
	}
}
