package snapshot

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// Lost lists the running pods that name an owner which is not there, or that a circle of owners leads nowhere, in order. Such a
// pod has been seen before its owner, or is about to be deleted after it, or its reference is made up: the garbage collector
// never comes to a version of an API that is not served. It is empty while owners are still being read.
func (s *Snapshot) Lost() []types.NamespacedName {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.ownersRead() {
		return nil
	}
	var lost []types.NamespacedName
	for name, p := range s.pods {
		if s.lost(p) {
			lost = append(lost, name)
		}
	}
	slices.SortFunc(lost, func(a, b types.NamespacedName) int { return strings.Compare(a.String(), b.String()) })
	return lost
}

// GiveUp makes workloads of their own of those of the pods that are still lost: no reference hides a pod from the audit. An
// owner that turns up all the same takes them over. The caller says who has been lost for long enough, for only it has a clock.
func (s *Snapshot) GiveUp(pods []types.NamespacedName) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := collector{}
	if !s.ownersRead() {
		return nil
	}
	for _, name := range pods {
		if p := s.pods[name]; p != nil && s.lost(p) {
			s.revision++
			p.alone = true
			s.resolve(p, changed)
		}
	}
	return changed.affected()
}

// ownersRead tells whether every source of owners is read, or known to be out of reach.
func (s *Snapshot) ownersRead() bool {
	for source := range readOwnerKinds {
		if !s.sources[source].settled() {
			return false
		}
	}
	return true
}

func (s *Snapshot) lost(p *pod) bool {
	return !p.terminating() && (p.workload == Key{} || s.gone(p.workload))
}

// gone tells whether an owner could be read and is not there.
func (s *Snapshot) gone(key Key) bool {
	source, read := sourceOfKind(key.groupKind())
	return read && s.sources[source] == Synced && s.owners[key] == nil
}
