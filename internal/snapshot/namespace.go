package snapshot

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/types"
)

// UpsertNamespace records a namespace. Affected are its workloads, and where what Pod Security enforces there changes also
// those whose assessment asked.
func (s *Snapshot) UpsertNamespace(fresh *Namespace) Affected {
	return s.setNamespace(fresh.Name, fresh)
}

// DeleteNamespace forgets a namespace.
func (s *Snapshot) DeleteNamespace(name string) Affected { return s.setNamespace(name, nil) }

func (s *Snapshot) setNamespace(name string, fresh *Namespace) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.namespaces[name]
	fresh = fresh.after(old)
	if old.same(fresh) {
		return nil
	}
	s.revision++
	level := ""
	if fresh == nil {
		delete(s.namespaces, name)
	} else {
		s.namespaces[name] = fresh
		level = enforcedLevel(fresh.Labels)
	}
	changed := collector{}
	maps.Copy(changed, s.byNamespace[name])
	s.setLevel(name, level, changed)
	return changed.affected()
}

// Asked records which namespaces the assessment of a workload asked about; the empty one is the loosest of the cluster. It
// returns false where the answer has changed meanwhile: then the assessment has to be made again.
func (s *Snapshot) Asked(key Key, namespaces []string, answer *PodSecurity) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.workloads[key]
	if !ok {
		return true
	}
	for _, namespace := range w.asked {
		remove(s.asking, namespace, key)
	}
	w.asked = slices.Clone(namespaces)
	for _, namespace := range w.asked {
		add(s.asking, namespace, key)
	}
	for _, namespace := range namespaces {
		if answer.enforced(namespace) != s.enforced(namespace) {
			return answer == nil
		}
	}
	return true
}

// RunningAs lists the workloads whose pods use a ServiceAccount, or whose template would, and those that have its token by a
// Secret.
func (s *Snapshot) RunningAs(account types.NamespacedName) Affected {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.actingAs(account)
}

// OfNamespaces lists the workloads of the namespaces that match by name and labels. A namespace that is not known matches:
// its labels may.
func (s *Snapshot) OfNamespaces(matches func(name string, labels map[string]string) bool) Affected {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := collector{}
	for name, keys := range s.byNamespace {
		if n := s.namespaces[name]; n != nil && !matches(name, n.Labels) {
			continue
		}
		maps.Copy(all, keys)
	}
	return all.affected()
}

// OfNamespace lists the workloads of a namespace.
func (s *Snapshot) OfNamespace(namespace string) Affected {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return collector(s.byNamespace[namespace]).affected()
}
