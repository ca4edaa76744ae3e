package attackgraph

import "slices"

// mount is a group that needs a Secret, and a pod of it or absent; the workload is absent where there is none.
type mount struct{ workload, group, pod int32 }

// noteMounts notes for every vertex the first Secret that is read there without an edge drawn for it.
func (s *Solution) noteMounts() {
	c := s.core
	s.mounts = make([]mount, c.size())
	for v := range s.mounts {
		s.mounts[v].workload = absent
	}
	for i, w := range s.state.workloads {
		if v := c.vertexOf[i]; v != absent && len(w.secrets) > 0 {
			s.mounts[v], _ = w.firstSecret()
			s.mounts[v].workload = int32(i)
		}
	}
	for v, at := range c.podAt {
		if len(at.mounted.slots) > 0 {
			s.mounts[v] = mount{at.workload, at.index, at.only}
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

// firstSecret is the first Secret that the pods of a workload mount.
func (w *workload) firstSecret() (m mount, ok bool) {
	for j := range w.groups {
		if len(w.groups[j].mounted.slots) > 0 {
			return mount{group: int32(j), pod: absent}, true
		}
	}
	return mount{}, false
}

// firstOnNode is the first pod on a node that needs a Secret.
func (c *census) firstOnNode(n int32) mount {
	for _, p := range c.on(n) {
		if g := &c.groups[p.group]; len(g.onNode) > 0 {
			return mount{g.workload, g.index, p.pod - g.firstPod}
		}
	}
	return mount{workload: absent}
}

// firstStolen is the first pod of a namespace that can be stolen and needs a Secret.
func (c *census) firstStolen(namespace int32) mount {
	groups := c.groupsIn(namespace)
	for i := range groups {
		if g := &groups[i]; g.placement == Free && len(g.podNodes) > 0 && len(g.onNode) > 0 {
			return mount{g.workload, g.index, 0}
		}
	}
	return mount{workload: absent}
}

// eachMount visits the vertices at which a Secret is read, with a group that needs it. A workload that leads nowhere has
// none: there it visits the hubs from which one gets into its pods first.
func (s *Solution) eachMount(secret Vertex, visit func(v int32, m mount, intoPod bool)) {
	from, to := s.state.workloadsOf(secret.Object.Namespace)
	for i := from; i < to; i++ {
		w := s.state.workloads[i]
		for j := range w.groups {
			g := &w.groups[j]
			m := mount{int32(i), int32(j), absent}
			mounted := slices.Contains(g.mounted.names, secret.Object.Name)
			switch v := s.core.vertexOf[i]; {
			case mounted && v != absent:
				visit(v, m, false)
			case mounted:
				visit(s.core.hub(podsHub, s.state.namespaceAt[w.namespace]), m, true)
				visit(s.core.hub(podsHub, absent), m, true)
			}
			if mounted || slices.Contains(g.fetched.names, secret.Object.Name) {
				s.eachPodMount(m, func(v int32, m mount) { visit(v, m, false) })
			}
		}
	}
	for v, at := range s.core.podAt {
		if at.workload >= int32(from) && at.workload < int32(to) && slices.Contains(at.mounted.names, secret.Object.Name) {
			visit(v, mount{at.workload, at.index, at.only}, false)
		}
	}
}

// eachPodMount visits where the Secrets of a group are read because its pods are there.
func (s *Solution) eachPodMount(m mount, visit func(v int32, m mount)) {
	w := s.state.workloads[m.workload]
	g := &w.groups[m.group]
	for k, n := range g.podNodes {
		if m.pod = int32(k); n != noNode {
			visit(s.core.node(s.state.nodeAt[n]), m)
			visit(s.core.nodeFiles(s.state.nodeAt[n]), m)
		}
	}
	if m.pod = 0; g.placement == Free && len(g.podNodes) > 0 {
		visit(s.core.hub(stolenHub, s.state.namespaceAt[w.namespace]), m)
		visit(s.core.hub(stolenHub, absent), m)
	}
}
