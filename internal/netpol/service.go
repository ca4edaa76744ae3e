package netpol

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// serviceRef names a Service.
type serviceRef struct{ namespace, name string }

// service is what of a Service leads to pods.
type service struct {
	ref      serviceRef
	selector map[string]string
	ports    []servicePort
	// published is how connections from outside of the cluster get to it; empty where they do not.
	published string
}

type servicePort struct {
	name     string
	number   int32
	protocol corev1.Protocol
	target   intstr.IntOrString
}

// newService reads a Service. One without a selector leads to no pods that could be told, one of type ExternalName to none.
func newService(object *corev1.Service) *service {
	s := &service{ref: serviceRef{object.Namespace, object.Name}}
	if object.Spec.Type == corev1.ServiceTypeExternalName {
		return s
	}
	s.selector = object.Spec.Selector
	switch {
	case object.Spec.Type == corev1.ServiceTypeLoadBalancer || object.Spec.Type == corev1.ServiceTypeNodePort:
		s.published = string(object.Spec.Type)
	case len(object.Spec.ExternalIPs) > 0:
		s.published = "externalIPs"
	}
	for i := range object.Spec.Ports {
		port := &object.Spec.Ports[i]
		target := port.TargetPort
		if target == (intstr.IntOrString{}) {
			target = intstr.FromInt32(port.Port)
		}
		s.ports = append(s.ports, servicePort{port.Name, port.Port, protocolOf(port.Protocol), target})
	}
	return s
}

func (s *service) equal(other *service) bool {
	return s.published == other.published && maps.Equal(s.selector, other.selector) && slices.Equal(s.ports, other.ports)
}

func (s *service) selects(g *group) bool {
	for name, value := range s.selector {
		if has, ok := g.labels[name]; !ok || has != value {
			return false
		}
	}
	return len(s.selector) > 0
}

// targets are the ports of a group that the Service leads to, by those of its ports that are wanted.
func (s *service) targets(g *group, wanted func(*servicePort) bool) Ports {
	var ports Ports
	for i := range s.ports {
		p := &s.ports[i]
		switch {
		case !wanted(p):
		case p.target.Type == intstr.String:
			ports = ports.Union(g.portsNamed(namedPort{p.protocol, p.target.StrVal}))
		default:
			ports = ports.Union(PortRange(p.protocol, p.target.IntVal, p.target.IntVal))
		}
	}
	return ports
}

// UpsertService records a Service.
func (x *Index) UpsertService(object *corev1.Service) Affected {
	affected := x.setService(newService(object))
	return x.setAlias(object.Namespace, object.Name, hostOf(object), affected)
}

// DeleteService forgets a Service.
func (x *Index) DeleteService(namespace, name string) Affected {
	affected := x.setService(&service{ref: serviceRef{namespace, name}})
	return x.setAlias(namespace, name, "", affected)
}

// setService puts a Service in the place of the one of the same name; one that leads nowhere is not kept.
func (x *Index) setService(fresh *service) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.newChange()
	n := x.namespaces[fresh.ref.namespace]
	var old *service
	if n != nil {
		old = n.services[fresh.ref.name]
	}
	if len(fresh.selector) == 0 {
		fresh = nil
	}
	switch {
	case old == nil && fresh == nil, old != nil && fresh != nil && old.equal(fresh):
		return Affected{}
	case old != nil:
		delete(n.services, old.ref.name)
		c.led(old)
	}
	if fresh != nil {
		n = x.ensureLocked(c, fresh.ref.namespace)
		n.services[fresh.ref.name] = fresh
		c.led(fresh)
	}
	x.tidyLocked(c, n)
	return c.affected()
}

// led says that the way to the pods of a Service changes.
func (c *change) led(s *service) {
	n := c.x.namespaces[s.ref.namespace]
	if n == nil {
		return
	}
	for _, g := range n.groups {
		if s.selects(g) {
			c.own(g)
		}
	}
}
