package snapshot

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// pod is the projection of a pod: what it shares with its like is in the shape, what is its own stands here.
type pod struct {
	name        types.NamespacedName
	uid         types.UID
	created     time.Time
	node        string
	controller  *metav1.OwnerReference
	owner       Key // of controller
	terminating bool
	shape       *Shape
	// claims are the true names of the claims that the pod mounts, by the name that stands in the shape.
	claims map[string]string

	workload Key // zero while the owner has not been seen
	top      summit
}

func (p *pod) key() Key {
	return Key{Kind: kindPod.Kind, Namespace: p.name.Namespace, Name: p.name.Name}
}

// Finished tells whether a pod has run to its end: it holds nothing any more and cannot be attacked.
func Finished(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// UpsertPod records a pod that went through StripPod. A finished pod is forgotten.
//
// Edges: pod -> direct owner (byOwner), pod -> node (node.pods), pod -> workload (workload.pods), pod -> shape.
func (s *Snapshot) UpsertPod(object *corev1.Pod) Affected {
	name := types.NamespacedName{Namespace: object.Namespace, Name: object.Name}
	if Finished(object) {
		return s.DeletePod(name)
	}
	fresh := projectPod(object)
	shape, claims := shapeOf(object)
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh.shape, fresh.claims = s.shapes.intern(shape), claims
	changed := collector{}
	if old := s.pods[name]; old != nil {
		if old.same(fresh) {
			s.shapes.release(fresh.shape)
			return nil
		}
		s.detach(old, changed)
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
		remove(s.byOwner, p.owner, p.name)
	}
	if n := s.nodes[p.node]; n != nil {
		delete(n.pods, p.name)
		s.releaseNode(p.node)
	}
	changed.add(p.workload)
	s.leave(p)
	s.shapes.release(p.shape)
}

func projectPod(object *corev1.Pod) *pod {
	p := &pod{
		name:        types.NamespacedName{Namespace: object.Namespace, Name: object.Name},
		uid:         object.UID,
		created:     object.CreationTimestamp.Time,
		node:        object.Spec.NodeName,
		controller:  controllerOf(object),
		terminating: object.DeletionTimestamp != nil,
	}
	if p.controller != nil {
		p.owner = keyOf(object.Namespace, p.controller)
	}
	return p
}

func (p *pod) same(other *pod) bool {
	if p.uid != other.uid || p.node != other.node || p.terminating != other.terminating || p.shape != other.shape {
		return false
	}
	if p.owner != other.owner || (p.controller == nil) != (other.controller == nil) {
		return false
	}
	if p.controller != nil && (p.controller.UID != other.controller.UID || p.controller.APIVersion != other.controller.APIVersion) {
		return false
	}
	for inShape, claim := range p.claims {
		if other.claims[inShape] != claim {
			return false
		}
	}
	return true
}

// claimInShape is the name that stands in a shape for the name of a claim. A StatefulSet names each pod's claim after the
// pod; with the pod's name in it no two of its pods would ever look alike.
func claimInShape(claim, podName string) string {
	if prefix, ok := strings.CutSuffix(claim, "-"+podName); ok {
		return prefix + "-*"
	}
	return claim
}
