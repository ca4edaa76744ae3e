package snapshot

import "maps"

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
	loosest known
}

// known is a level. Of the loosest of the cluster, where none of the namespaces that are known is privileged, one that is not
// known may be: then the level is empty, and untold is the first of those that hold workloads, empty where none of them does.
type known struct{ level, untold string }

// Level is what a namespace enforces, for the empty namespace the loosest of the cluster; empty where it is not known.
// A namespace without the label counts as privileged: what the API server's own configuration says is not visible.
func (p *PodSecurity) Level(namespace string) string { return p.enforced(namespace).level }

// Untold is the namespace for which the loosest level of the cluster is not known: pods run in it, and nobody tells of it. Empty
// where the level is known, or where it is not for another reason.
func (p *PodSecurity) Untold() string { return p.enforced("").untold }

func (p *PodSecurity) enforced(namespace string) known {
	switch {
	case p == nil:
		return known{}
	case namespace == "":
		return p.loosest
	default:
		return known{level: p.levels[namespace]}
	}
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

// set changes the level of a namespace, or takes it out where the level is empty.
func (l *levels) set(namespace, level string) {
	if old, told := l.byNamespace[namespace]; told {
		l.counts[old]--
		delete(l.byNamespace, namespace)
	}
	if level != "" {
		l.counts[level]++
		l.byNamespace[namespace] = level
	}
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

// PodSecurity is what the namespaces enforce now; nil where they cannot be read.
func (s *Snapshot) PodSecurity() *PodSecurity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.sources[Namespaces]; state != Synced && state != NotGiven {
		return nil
	}
	if s.levels.copied == nil {
		s.levels.copied = &PodSecurity{levels: maps.Clone(s.levels.byNamespace), loosest: s.enforced("")}
	}
	return s.levels.copied
}

// enforced is what a namespace enforces, for the empty namespace the loosest of the cluster.
func (s *Snapshot) enforced(namespace string) known {
	if namespace != "" {
		return known{level: s.levels.byNamespace[namespace]}
	}
	if s.levels.counts[levelPrivileged] > 0 {
		return known{level: levelPrivileged}
	}
	if untold := s.firstUntold(); untold != "" || s.sources[Namespaces] == NotGiven {
		return known{untold: untold} // Files need not hold all namespaces.
	}
	for _, level := range [...]string{levelBaseline, levelRestricted} {
		if s.levels.counts[level] > 0 {
			return known{level: level}
		}
	}
	return known{}
}

// firstUntold is the first namespace by name that holds workloads and that nobody tells of; empty where there is none.
func (s *Snapshot) firstUntold() (first string) {
	for namespace := range s.byNamespace {
		if _, told := s.levels.byNamespace[namespace]; !told && (first == "" || namespace < first) {
			first = namespace
		}
	}
	return first
}

// setLevel adds who asked about the level of a namespace, where it is another one now.
func (s *Snapshot) setLevel(namespace, level string, changed collector) {
	if s.levels.byNamespace[namespace] == level {
		return
	}
	s.levels.copied = nil
	s.loosen(changed, func() { s.levels.set(namespace, level) })
	maps.Copy(changed, s.asking[namespace])
}

// inhabit changes the workloads of a namespace. That it holds any makes a difference only where nobody tells of it.
func (s *Snapshot) inhabit(namespace string, changed collector, change func()) {
	if _, told := s.levels.byNamespace[namespace]; told {
		change()
		return
	}
	s.loosen(changed, change)
}

// loosen adds who asked about the loosest level of the cluster, where a change makes it another one.
func (s *Snapshot) loosen(changed collector, change func()) {
	before := s.enforced("")
	change()
	if s.enforced("") != before {
		s.levels.copied = nil
		maps.Copy(changed, s.asking[""])
	}
}
