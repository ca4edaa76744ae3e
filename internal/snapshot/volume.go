package snapshot

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// HostVolume is what a PersistentVolume exposes of a node.
type HostVolume struct {
	PersistentVolume string
	Path             string
	// Local is true for spec.local, false for spec.hostPath.
	Local bool
}

type boundVolume struct {
	HostVolume
	claim types.NamespacedName
}

// UpsertPersistentVolume records what a volume exposes of a node. The workloads that mount its claim are affected.
func (s *Snapshot) UpsertPersistentVolume(object *corev1.PersistentVolume) Affected {
	fresh := boundVolume{HostVolume: HostVolume{PersistentVolume: object.Name}}
	if ref := object.Spec.ClaimRef; ref != nil && !isReleased(object) {
		fresh.claim = types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}
	}
	switch {
	case object.Spec.HostPath != nil:
		fresh.Path = object.Spec.HostPath.Path
	case object.Spec.Local != nil:
		fresh.Path, fresh.Local = object.Spec.Local.Path, true
	default:
		return s.DeletePersistentVolume(object.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, known := s.volumes[object.Name]
	if known && old == fresh {
		return nil
	}
	s.revision++
	changed := collector{}
	if known {
		s.unbind(old, changed)
	}
	s.volumes[object.Name] = fresh
	if fresh.claim.Name != "" {
		add(s.claims, fresh.claim, object.Name)
		s.usersOfClaim(fresh.claim, changed)
	}
	return changed.affected()
}

// isReleased tells a volume that is retained after its claim is gone. It still names the claim, and a claim created again
// under that name is bound to another volume.
func isReleased(object *corev1.PersistentVolume) bool {
	return object.Status.Phase == corev1.VolumeReleased || object.Status.Phase == corev1.VolumeFailed
}

// DeletePersistentVolume forgets a volume.
func (s *Snapshot) DeletePersistentVolume(name string) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, known := s.volumes[name]
	if !known {
		return nil
	}
	s.revision++
	delete(s.volumes, name)
	changed := collector{}
	s.unbind(old, changed)
	return changed.affected()
}

func (s *Snapshot) unbind(v boundVolume, changed collector) {
	if v.claim.Name != "" {
		remove(s.claims, v.claim, v.PersistentVolume)
		s.usersOfClaim(v.claim, changed)
	}
}

// behind is what of a node is behind a claim. Where two volumes name the claim, which only one of them can be bound to,
// the first by name counts.
func (s *Snapshot) behind(claim types.NamespacedName) (volume HostVolume, ok bool) {
	bound := s.claims[claim]
	if len(bound) == 0 {
		return HostVolume{}, false
	}
	first := slices.Min(slices.Collect(maps.Keys(bound)))
	return s.volumes[first].HostVolume, true
}

func (s *Snapshot) usersOfClaim(claim types.NamespacedName, changed collector) {
	for key := range s.byNamespace[claim.Namespace] {
		if s.mounts(key, claim.Name) {
			changed.add(key)
		}
	}
}

// mounts tells whether pods of the workload, or those its template would make, mount a claim.
func (s *Snapshot) mounts(key Key, claim string) bool {
	for _, p := range s.workloads[key].pods {
		for _, name := range p.claims {
			if name == claim {
				return true
			}
		}
	}
	o := s.owners[key]
	return o != nil && o.Template != nil && claimsOf(o.Template.Spec.Rules)[claim] != ""
}

// claimsOf are the claims that a template names. Those that a StatefulSet makes for each pod are not among them.
func claimsOf(spec *corev1.PodSpec) map[string]string {
	var out map[string]string
	for i := range spec.Volumes {
		source := spec.Volumes[i].PersistentVolumeClaim
		if source == nil {
			continue
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[source.ClaimName] = source.ClaimName
	}
	return out
}
