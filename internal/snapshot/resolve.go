package snapshot

import (
	"maps"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// maxChain bounds the climb from a pod to its workload: nothing real is deeper than three.
const maxChain = 8

// summit is where the climb from a pod ended.
type summit struct {
	key        Key
	apiVersion string
	uid        string
}

// climb follows the controllers of a pod up to its workload:
//
//	Pod -> ReplicaSet -> Deployment          Pod -> Job -> CronJob
//	Pod -> ReplicaSet -> Rollout (unread)    Pod -> DaemonSet, StatefulSet, ReplicationController
//	Pod -> Node: a static pod, its own workload
//
// ok is false while an owner that could be read has not been seen: the pod waits for it. Of a source that cannot be read
// those owners count that are known all the same: files hold some of them.
func (s *Snapshot) climb(self summit, controller *metav1.OwnerReference) (top summit, ok bool) {
	if controller == nil || keyOf("", controller).groupKind() == kindNode {
		return self, true
	}
	for range maxChain {
		key := keyOf(self.key.Namespace, controller)
		here := summit{key: key, apiVersion: controller.APIVersion, uid: string(controller.UID)}
		source, read := sourceOfKind(key.groupKind())
		if !read || isSummit(key.groupKind()) {
			return here, true
		}
		owner := s.owners[key]
		if owner == nil || !sameUID(owner.UID, controller.UID) {
			// Where the source will bring no more owners, the chain ends at what is known.
			if s.readable(source) {
				return summit{}, false
			}
			return here, true
		}
		if owner.Controller == nil {
			return here, true
		}
		controller = owner.Controller
	}
	return summit{}, false
}

// sameUID compares UIDs. Only manifests have empty ones: there the name has to do.
func sameUID(a, b types.UID) bool { return a == b || a == "" || b == "" }

func (k Key) groupKind() schema.GroupKind { return schema.GroupKind{Group: k.Group, Kind: k.Kind} }

// readable tells whether owners of a source arrive sooner or later.
func (s *Snapshot) readable(source Source) bool {
	state := s.sources[source]
	return state == Synced || state == NotSynced
}

// resolveBelow finds anew the workloads of all pods below an owner.
func (s *Snapshot) resolveBelow(key Key, changed collector, depth int) {
	for name := range s.byOwner[key] {
		s.resolve(s.pods[name], changed)
	}
	if depth == 0 {
		return
	}
	for child := range s.owned[key] {
		s.resolveBelow(child, changed, depth-1)
	}
}

// resolveAll finds anew the workloads of all pods: a kind may stand anywhere in their chains.
func (s *Snapshot) resolveAll(changed collector) {
	for _, p := range s.pods {
		if p.controller != nil {
			s.resolve(p, changed)
		}
	}
}

// resolve puts a pod into its workload; a pod that moves affects both.
func (s *Snapshot) resolve(p *pod, changed collector) {
	self := summit{key: p.key(), apiVersion: "v1", uid: string(p.UID)}
	top, ok := s.climb(self, p.controller)
	if p.alone && (!ok || s.gone(top.key)) {
		top, ok = self, true
	}
	if !ok {
		top = summit{}
	}
	if old := p.workload; old != top.key && old != (Key{}) {
		s.leave(p, changed)
		changed.add(old)
	}
	moved := p.workload != top.key || p.top != top
	p.workload, p.top = top.key, top
	if top.key == (Key{}) {
		return
	}
	s.ensure(top.key, changed).pods[p.named()] = p
	if moved {
		changed.add(top.key)
	}
}

// leave takes a pod out of its workload.
func (s *Snapshot) leave(p *pod, changed collector) {
	if w, ok := s.workloads[p.workload]; ok {
		delete(w.pods, p.named())
		s.release(p.workload, changed)
	}
	p.workload = Key{}
}

// same tells whether two projections of an owner say the same.
func (o *Owner) same(other *Owner) bool {
	return o.UID == other.UID && o.Finished == other.Finished && o.Deleting() == other.Deleting() &&
		o.APIVersion == other.APIVersion && o.Kept == other.Kept && o.Made == other.Made &&
		equality.Semantic.DeepEqual(o.Controller, other.Controller) && equality.Semantic.DeepEqual(o.Set, other.Set) &&
		o.Template.same(other.Template)
}

func (t *Template) same(other *Template) bool {
	if t == nil || other == nil {
		return t == other
	}
	return t.Spec == other.Spec && maps.Equal(t.Labels, other.Labels) && maps.Equal(t.Annotations, other.Annotations)
}
