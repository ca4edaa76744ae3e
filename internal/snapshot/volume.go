package snapshot

import (
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
	if ref := object.Spec.ClaimRef; ref != nil {
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
		s.claims[fresh.claim] = object.Name
		s.usersOfClaim(fresh.claim, changed)
	}
	return changed.affected()
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
	if s.claims[v.claim] == v.PersistentVolume {
		delete(s.claims, v.claim)
		s.usersOfClaim(v.claim, changed)
	}
}

func (s *Snapshot) usersOfClaim(claim types.NamespacedName, changed collector) {
	for key := range s.byNamespace[claim.Namespace] {
		for _, p := range s.workloads[key].pods {
			for _, name := range p.claims {
				if name == claim.Name {
					changed.add(key)
				}
			}
		}
	}
}
