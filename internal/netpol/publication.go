package netpol

import (
	"net/netip"
	"strconv"
)

// hostPorts lists the ports of its node that lead to the group, those of the loopback left out.
func (a *arrivals) hostPorts() []publication {
	var found []publication
	for i := range a.g.Ports {
		port := &a.g.Ports[i]
		if address, err := netip.ParseAddr(port.HostIP); port.HostPort == 0 || err == nil && address.IsLoopback() {
			continue
		}
		target := PortRange(protocolOf(port.Protocol), port.ContainerPort, port.ContainerPort)
		o := a.everyone.only(target)
		o.perhaps(target, nodePorts)
		found = append(found, publication{"hostPort " + strconv.Itoa(int(port.HostPort)), o})
	}
	return found
}

// service adds a Service that is published by itself. Behind a load balancer or a node the policy may see another address
// than that of the client, so that an ipBlock is no certain way in.
func (a *arrivals) service(found []publication, s *service) []publication {
	target := s.targets(a.g, func(*servicePort) bool { return true })
	if s.published == "" || target.Empty() {
		return found
	}
	o := a.everyone.only(target)
	o.perhaps(a.outside.possible.Intersect(target), sourceAddress)
	return append(found, publication{s.ref.String() + " (" + s.published + ")", o})
}

// route adds a route to a Service. The proxy that serves it connects to the pods, and the API does not tell where it runs.
func (a *arrivals) route(found []publication, r *route, s *service) []publication {
	var target Ports
	for i := range r.backends {
		if b := &r.backends[i]; b.service == s.ref {
			target = target.Union(s.targets(a.g, b.wants))
		}
	}
	if target.Empty() {
		return found
	}
	o := a.everyone.only(target)
	for _, from := range []*opening{&a.outside, &a.elsewhere, &a.nearby} {
		o.perhaps(from.possible.Intersect(target), proxyAdmitted)
	}
	if r.key.namespace != s.ref.namespace {
		switch a.x.permitted(r.key, s.ref) {
		case no:
			return found
		case maybe:
			o.certain, o.why = Ports{}, o.why|referenceGrant
		case yes:
		}
	}
	return append(found, publication{r.key.String() + " by " + s.ref.String(), o})
}

// String is the reference with its kind: Service shop/web.
func (r serviceRef) String() string { return "Service " + r.namespace + "/" + r.name }
