package snapshot

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// Selectable is what selectors of workloads look at. It belongs to all who read it.
type Selectable struct {
	Key Key
	// Namespace of the workload; nil where it is not known.
	Namespace *Namespace
	// Labels of the pods that are alive, each set once; of a workload without such pods, the labels of its template.
	Labels []map[string]string
}

// Selectable is what selectors look at of the workload.
func (v *View) Selectable() *Selectable {
	out := &Selectable{Key: v.Workload.Key, Namespace: v.Namespace}
	for i := range v.Networks {
		out.Labels = append(out.Labels, v.Networks[i].Labels)
	}
	return out
}

// Select lists the workloads that a selector selects.
func (s *Snapshot) Select(selects func(*Selectable) bool) Affected {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := collector{}
	for key, w := range s.workloads {
		if selects(&Selectable{Key: key, Namespace: s.namespaces[key.Namespace], Labels: s.podLabels(key, w)}) {
			all.add(key)
		}
	}
	return all.affected()
}

func (s *Snapshot) podLabels(key Key, w *workload) []map[string]string {
	var seen []*labels.Set // Interned, and pods made alike share theirs.
	for _, p := range w.pods {
		if !p.terminating() && !slices.Contains(seen, p.labels) {
			seen = append(seen, p.labels)
		}
	}
	out := make([]map[string]string, 0, max(len(seen), 1))
	for _, set := range seen {
		out = append(out, *set)
	}
	if owner := s.owners[key]; len(out) == 0 && owner != nil && owner.Template != nil {
		out = append(out, owner.Template.Labels)
	}
	return out
}
