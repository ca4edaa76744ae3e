package snapshot

import (
	"k8s.io/apimachinery/pkg/types"
)

// pod is a pod with its place in the model.
type pod struct {
	*Pod
	workload Key // zero while the owner has not been seen
	top      summit
	alone    bool // its owner is not waited for any more
}

// UpsertPod records a pod. A finished pod is forgotten.
//
// Edges: pod -> direct owner (byOwner), pod -> node (node.pods), pod -> workload (workload.pods).
func (s *Snapshot) UpsertPod(projected *Pod) Affected {
	name := projected.named()
	if projected.finished {
		return s.DeletePod(name)
	}
	fresh := &pod{Pod: projected}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := collector{}
	if old := s.pods[name]; old != nil {
		if old.same(projected) {
			old.Pod = projected // The cache holds this one now.
			return nil
		}
		s.detach(old, changed)
		fresh.alone = old.alone && old.UID == fresh.UID
	}
	s.revision++
	s.pods[name] = fresh
	if fresh.controller != nil {
		add(s.byOwner, fresh.owner, name)
	}
	if fresh.node != "" {
		s.ensureNode(fresh.node).pods[name] = fresh
	}
	s.resolve(fresh, changed)
	changed.add(fresh.workload)
	return changed.affected()
}

// DeletePod forgets a pod.
func (s *Snapshot) DeletePod(name types.NamespacedName) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.pods[name]
	if old == nil {
		return nil
	}
	s.revision++
	changed := collector{}
	s.detach(old, changed)
	delete(s.pods, name)
	return changed.affected()
}

// detach undoes all edges of a pod.
func (s *Snapshot) detach(p *pod, changed collector) {
	if p.controller != nil {
		remove(s.byOwner, p.owner, p.named())
	}
	if n := s.nodes[p.node]; n != nil {
		delete(n.pods, p.named())
		s.releaseNode(p.node)
	}
	changed.add(p.workload)
	s.leave(p, changed)
}
