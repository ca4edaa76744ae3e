package netpol

import (
	"cmp"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// Route is a route of the Gateway API that hangs on a Gateway, of any of the RouteKinds. Which Gateway that is does not
// matter here.
type Route struct {
	Kind, Namespace, Name string
	Backends              []Backend
}

// Backend is a backendRef to a Service.
type Backend struct {
	// Namespace is that of the Service; empty for that of the route.
	Namespace string
	Service   string
	// Port is a port of the Service; 0 for any.
	Port int32
}

type routeKey struct{ kind, namespace, name string }

func (k routeKey) String() string { return k.kind + " " + k.namespace + "/" + k.name }

func compareRoutes(a, b *route) int {
	return cmp.Or(cmp.Compare(a.key.namespace, b.key.namespace), cmp.Compare(a.key.kind, b.key.kind), cmp.Compare(a.key.name, b.key.name))
}

type route struct {
	key      routeKey
	backends []backend
}

// backend is the port of a Service that a route leads to, by number or by name; any where neither is given.
type backend struct {
	service serviceRef
	number  int32
	name    string
}

func (b *backend) wants(p *servicePort) bool {
	switch {
	case b.name != "":
		return p.name == b.name
	case b.number != 0:
		return p.number == b.number
	default:
		return true
	}
}

// UpsertRoute records a route of the Gateway API.
func (x *Index) UpsertRoute(r Route) Affected {
	fresh := &route{key: routeKey{r.Kind, r.Namespace, r.Name}}
	for _, b := range r.Backends {
		to := serviceRef{cmp.Or(b.Namespace, r.Namespace), b.Service}
		fresh.backends = append(fresh.backends, backend{service: to, number: b.Port})
	}
	return x.setRoute(fresh)
}

// DeleteRoute forgets a route of the Gateway API.
func (x *Index) DeleteRoute(kind, namespace, name string) Affected {
	return x.setRoute(&route{key: routeKey{kind, namespace, name}})
}

const kindIngress = "Ingress"

// UpsertIngress records an Ingress.
func (x *Index) UpsertIngress(object *networkingv1.Ingress) Affected {
	fresh := &route{key: routeKey{kindIngress, object.Namespace, object.Name}}
	add := func(b *networkingv1.IngressBackend) {
		if b != nil && b.Service != nil {
			to := serviceRef{object.Namespace, b.Service.Name}
			fresh.backends = append(fresh.backends, backend{to, b.Service.Port.Number, b.Service.Port.Name})
		}
	}
	add(object.Spec.DefaultBackend)
	for i := range object.Spec.Rules {
		if http := object.Spec.Rules[i].HTTP; http != nil {
			for j := range http.Paths {
				add(&http.Paths[j].Backend)
			}
		}
	}
	return x.setRoute(fresh)
}

// DeleteIngress forgets an Ingress.
func (x *Index) DeleteIngress(namespace, name string) Affected {
	return x.setRoute(&route{key: routeKey{kindIngress, namespace, name}})
}

// setRoute puts a route in the place of the one of the same name; one that leads nowhere is not kept.
func (x *Index) setRoute(fresh *route) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.routes[fresh.key]
	if old != nil && slices.Equal(old.backends, fresh.backends) {
		return Affected{}
	}
	c := x.newChange()
	if old != nil {
		delete(x.routes, old.key)
		for _, b := range old.backends {
			delete(x.backends[b.service], old)
			if len(x.backends[b.service]) == 0 {
				delete(x.backends, b.service)
			}
			c.routed(b.service)
		}
	}
	if len(fresh.backends) > 0 {
		x.routes[fresh.key] = fresh
	}
	for _, b := range fresh.backends {
		if x.backends[b.service] == nil {
			x.backends[b.service] = map[*route]struct{}{}
		}
		x.backends[b.service][fresh] = struct{}{}
		c.routed(b.service)
	}
	return c.affected()
}

// routed says that the routes to a Service change.
func (c *change) routed(ref serviceRef) {
	if n := c.x.namespaces[ref.namespace]; n != nil && n.services[ref.name] != nil {
		c.led(n.services[ref.name])
	}
}
