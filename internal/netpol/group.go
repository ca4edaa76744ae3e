package netpol

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Key names a group. Whoever feeds the index chooses the name; it is unique in its namespace and says whose pods they are.
type Key struct{ Namespace, Name string }

// String is the key in the form namespace/name.
func (k Key) String() string { return k.Namespace + "/" + k.Name }

// Compare orders keys by namespace and name.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(k.Namespace, other.Namespace), cmp.Compare(k.Name, other.Name))
}

// Group is a set of pods of one namespace that no policy and no Service can tell apart.
type Group struct {
	Labels map[string]string
	// Ports are those that the containers declare.
	Ports []corev1.ContainerPort
	// Pods is how many there are. Where there is none, nobody reaches the group, and what it would reach is still answered:
	// a workload that is scaled to zero.
	Pods int
	// HostNetwork is true for pods in the network of their node.
	HostNetwork bool
}

// GroupOf is the group of a number of pods with the labels and the spec.
func GroupOf(podLabels map[string]string, spec *corev1.PodSpec, pods int) Group {
	g := Group{Labels: podLabels, Pods: pods, HostNetwork: spec.HostNetwork}
	for i := range spec.Containers {
		g.Ports = append(g.Ports, spec.Containers[i].Ports...)
	}
	for i := range spec.InitContainers {
		// A sidecar's ports have names that Services and policies find, those of other init containers have not.
		policy := spec.InitContainers[i].RestartPolicy
		if policy != nil && *policy == corev1.ContainerRestartPolicyAlways {
			g.Ports = append(g.Ports, spec.InitContainers[i].Ports...)
		}
	}
	return g
}

func (g *Group) equal(other *Group) bool {
	return g.Pods == other.Pods && g.sameBut(other)
}

// sameBut compares all but the number of pods.
func (g *Group) sameBut(other *Group) bool {
	return g.HostNetwork == other.HostNetwork && maps.Equal(g.Labels, other.Labels) && slices.Equal(g.Ports, other.Ports)
}

// group is a group in the index.
type group struct {
	Group
	key    Key
	labels labels.Set
	home   *namespace
	// policies isolate it, by direction, sorted.
	policies [2][]*policy
	// named are its ports by their names; nil where there are few.
	named map[namedPort]Ports
}

// fewPorts is up to how many ports a name is looked for among them. Nearly every group has fewer, and needs no index.
const fewPorts = 16

// indexPorts finds the ports by their names once where there are many.
func (g *group) indexPorts() {
	if len(g.Ports) <= fewPorts {
		return
	}
	g.named = make(map[namedPort]Ports, len(g.Ports))
	for i := range g.Ports {
		port := &g.Ports[i]
		name := namedPort{protocolOf(port.Protocol), port.Name}
		g.named[name] = g.named[name].Union(PortRange(name.protocol, port.ContainerPort, port.ContainerPort))
	}
}

func (g *group) isolated(d direction) bool { return len(g.policies[d]) > 0 }

// open tells whether any pod may connect to the group, as far as the group is concerned.
func (g *group) open() bool { return g.Pods > 0 && !g.HostNetwork && !g.isolated(ingress) }

// portsNamed are the ports that a name stands for.
func (g *group) portsNamed(named namedPort) Ports {
	if g.named != nil {
		return g.named[named]
	}
	var ports Ports
	for i := range g.Ports {
		port := &g.Ports[i]
		if port.Name == named.name && protocolOf(port.Protocol) == named.protocol {
			ports = ports.Union(PortRange(named.protocol, port.ContainerPort, port.ContainerPort))
		}
	}
	return ports
}

// servesNames tells whether the group declares the port of DNS.
func (g *group) servesNames() bool {
	return slices.ContainsFunc(g.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == dnsPort })
}

func protocolOf(written corev1.Protocol) corev1.Protocol { return cmp.Or(written, corev1.ProtocolTCP) }

func compareGroups(a, b *group) int { return a.key.Compare(b.key) }

// SetGroup puts a group in the place of the one of the same key.
func (x *Index) SetGroup(key Key, fresh Group) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.groups[key]
	if old != nil && old.equal(&fresh) {
		return Affected{}
	}
	c := x.newChange()
	if old != nil && old.sameBut(&fresh) && (old.Pods > 0) == (fresh.Pods > 0) {
		x.countLocked(old, -1)
		// One pod alone has no other of its group to reach.
		if (old.Pods > 1) != (fresh.Pods > 1) {
			c.own(old)
		}
		old.Pods = fresh.Pods
		x.countLocked(old, 1)
		c.counts = true
		return c.affected()
	}
	if old != nil {
		c.target(old)
		x.removeGroupLocked(old)
	}
	g := &group{Group: fresh, key: key, labels: fresh.Labels, home: x.ensureLocked(c, key.Namespace)}
	g.indexPorts()
	c.touch(g.home)
	x.addGroupLocked(g)
	c.own(g)
	c.target(g)
	return c.affected()
}

// DeleteGroup forgets a group.
func (x *Index) DeleteGroup(key Key) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	g, ok := x.groups[key]
	if !ok {
		return Affected{}
	}
	c := x.newChange()
	c.own(g)
	c.target(g)
	x.removeGroupLocked(g)
	x.tidyLocked(c, g.home)
	return c.affected()
}
