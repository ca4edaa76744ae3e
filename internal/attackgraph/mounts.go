package attackgraph

import "slices"

// mount is a group that needs a Secret, and one of its pods or absent; the group is absent where there is none.
type mount struct{ group, pod int32 }

// noteMounts notes for every vertex the first Secret that is read there without an edge drawn for it.
func (s *Solution) noteMounts() {
	c := s.core
	s.mounts = make([]mount, c.size())
	for v := range s.mounts {
		s.mounts[v].group = absent
	}
	for i := range s.state.workloads {
		if v := c.vertexOf[i]; v != absent {
			s.mounts[v] = s.census.firstMount(int32(i))
		}
	}
	for v, at := range c.podAt {
		if g := &s.census.groups[at.group]; g.endMount > g.firstSlot {
			s.mounts[v] = mount{at.group, at.firstPod}
		}
	}
	for n := range int32(len(s.state.nodes)) {
		s.mounts[c.node(n)] = s.census.firstOnNode(n)
		s.mounts[c.nodeFiles(n)] = s.mounts[c.node(n)]
	}
	for namespace := int32(absent); int(namespace) < len(s.state.namespaces); namespace++ {
		s.mounts[c.hub(stolenHub, namespace)] = s.census.firstStolen(namespace)
	}
}

// firstMount is the first group of a workload that mounts a Secret.
func (c *census) firstMount(workload int32) mount {
	for i := c.groupsOf[workload]; i < c.groupsOf[workload+1]; i++ {
		if g := &c.groups[i]; g.endMount > g.firstSlot {
			return mount{i, absent}
		}
	}
	return mount{absent, absent}
}

// firstOnNode is the first pod on a node that needs a Secret.
func (c *census) firstOnNode(n int32) mount {
	for _, p := range c.on(n) {
		if g := &c.groups[p.group]; g.endSlot > g.firstSlot {
			return mount(p)
		}
	}
	return mount{absent, absent}
}

// firstStolen is the first pod of a namespace that can be stolen and needs a Secret.
func (c *census) firstStolen(namespace int32) mount {
	from, to := c.groupsIn(namespace)
	for i := from; i < to; i++ {
		if g := &c.groups[i]; g.free && g.endPod > g.firstPod && g.endSlot > g.firstSlot {
			return mount{i, g.firstPod}
		}
	}
	return mount{absent, absent}
}

// eachMount visits the vertices at which a Secret is read, with a group that needs it. A workload that leads nowhere has
// none: there it visits the hubs from which one gets into its pods first.
func (s *Solution) eachMount(secret Vertex, visit func(v int32, m mount, intoPod bool)) {
	namespace, ok := slices.BinarySearch(s.state.namespaces, secret.Object.Namespace)
	if !ok {
		return
	}
	from, to := s.census.groupsIn(int32(namespace))
	for i := from; i < to; i++ {
		g := &s.census.groups[i]
		mounted := slices.Contains(g.mounted.names, secret.Object.Name)
		switch v := s.core.vertexOf[g.workload]; {
		case mounted && v != absent:
			visit(v, mount{i, absent}, false)
		case mounted:
			visit(s.core.hub(podsHub, g.namespace), mount{i, absent}, true)
			visit(s.core.hub(podsHub, absent), mount{i, absent}, true)
		}
		if mounted || slices.Contains(g.fetched.names, secret.Object.Name) {
			s.eachPodMount(i, func(v int32, m mount) { visit(v, m, false) })
		}
	}
	for v, at := range s.core.podAt {
		if at.group >= from && at.group < to && slices.Contains(s.census.groups[at.group].mounted.names, secret.Object.Name) {
			visit(v, mount{at.group, at.firstPod}, false)
		}
	}
}

// eachPodMount visits where the Secrets of a group are read because its pods are there.
func (s *Solution) eachPodMount(group int32, visit func(v int32, m mount)) {
	g := &s.census.groups[group]
	for pod := g.firstPod; pod < g.endPod; pod++ {
		if n := s.census.podNodes[pod]; n != absent {
			visit(s.core.node(n), mount{group, pod})
			visit(s.core.nodeFiles(n), mount{group, pod})
		}
	}
	if g.free && g.endPod > g.firstPod {
		visit(s.core.hub(stolenHub, g.namespace), mount{group, g.firstPod})
		visit(s.core.hub(stolenHub, absent), mount{group, g.firstPod})
	}
}
