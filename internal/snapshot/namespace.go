package snapshot

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/types"
)

// enforceLabel is the label of a namespace that Pod Security enforces.
const enforceLabel = "pod-security.kubernetes.io/enforce"

// The levels of Pod Security, loosest first. A label that is none of them is taken for restricted, as the API server does.
const (
	levelPrivileged = "privileged"
	levelBaseline   = "baseline"
	levelRestricted = "restricted"
)

// PodSecurity is what Pod Security enforces in every namespace, at one revision. It does not change any more.
type PodSecurity struct {
	levels  map[string]string
	loosest string
}

// Level is what a namespace enforces, for the empty namespace the loosest of the cluster; empty where it is not known.
// A namespace without the label counts as privileged: what the API server's own configuration says is not visible.
func (p *PodSecurity) Level(namespace string) string {
	if p == nil {
		return ""
	}
	if namespace == "" {
		return p.loosest
	}
	return p.levels[namespace]
}

// levels is what the namespaces enforce now. A copy is made only when somebody asks for one after a change: the namespaces of
// a large cluster arrive one by one.
type levels struct {
	byNamespace map[string]string
	counts      map[string]int // namespaces by level
	copied      *PodSecurity   // nil after a change
}

func newLevels() levels {
	return levels{byNamespace: make(map[string]string), counts: make(map[string]int)}
}

// of is the level of a namespace, for the empty namespace the loosest of the cluster.
func (l *levels) of(namespace string) string {
	if namespace != "" {
		return l.byNamespace[namespace]
	}
	for _, level := range [...]string{levelPrivileged, levelBaseline, levelRestricted} {
		if l.counts[level] > 0 {
			return level
		}
	}
	return ""
}

// set changes the level of a namespace, or takes it out where the level is empty.
func (l *levels) set(namespace, level string) {
	l.copied = nil
	if old, known := l.byNamespace[namespace]; known {
		l.counts[old]--
		delete(l.byNamespace, namespace)
	}
	if level != "" {
		l.counts[level]++
		l.byNamespace[namespace] = level
	}
}

func (l *levels) copy() *PodSecurity {
	if l.copied == nil {
		l.copied = &PodSecurity{levels: maps.Clone(l.byNamespace), loosest: l.of("")}
	}
	return l.copied
}

func enforcedLevel(labels map[string]string) string {
	switch level, labelled := labels[enforceLabel]; {
	case !labelled, level == levelPrivileged:
		return levelPrivileged
	case level == levelBaseline:
		return levelBaseline
	default:
		return levelRestricted
	}
}

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

// setLevel adds who asked about the level of a namespace, where it is another one now.
func (s *Snapshot) setLevel(namespace, level string, changed collector) {
	if s.levels.of(namespace) == level {
		return
	}
	loosest := s.levels.of("")
	s.levels.set(namespace, level)
	maps.Copy(changed, s.asking[namespace])
	if s.levels.of("") != loosest {
		maps.Copy(changed, s.asking[""])
	}
}

// PodSecurity is what the namespaces enforce now; nil where they cannot be read.
func (s *Snapshot) PodSecurity() *PodSecurity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.sources[Namespaces]; state != Synced && state != NotGiven {
		return nil
	}
	return s.levels.copy()
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
		if answer.Level(namespace) != s.levels.of(namespace) {
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
