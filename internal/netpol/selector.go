package netpol

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// match tells whether a peer means a group. It is maybe where the labels of the group's namespace are not known.
type match uint8

const (
	no match = iota
	maybe
	yes
)

// peer is whom a rule names by labels: pods of one namespace, or of every namespace that a selector picks. Peers that
// are written alike are one.
type peer struct {
	// namespace is that of the policy; nil where there is a selector of namespaces.
	namespace *namespace
	selector  *namespaceSelector
	pods      labels.Selector
	// users are the policies whose rules name it, by direction.
	users [2]map[*policy]struct{}
}

func (p *peer) match(g *group) match {
	in := p.matchNamespace(g.home)
	if in != no && p.pods.Matches(g.labels) {
		return in
	}
	return no
}

func (p *peer) matchNamespace(n *namespace) match {
	switch {
	case p.selector != nil:
		return p.selector.matched[n]
	case p.namespace == n:
		return yes
	default:
		return no
	}
}

// namespaces calls visit with those in which the peer may mean pods, in no order.
func (p *peer) namespaces(visit func(*namespace)) {
	if p.selector == nil {
		visit(p.namespace)
		return
	}
	for n := range p.selector.matched {
		visit(n)
	}
}

// namespaceSelector is a selector of namespaces, with those that it picks.
type namespaceSelector struct {
	text     string
	selector labels.Selector
	matched  map[*namespace]match
	peers    map[string]*peer // by the text of their selector of pods
}

// selects judges a namespace by its labels. Of one that has not been seen only the label with its name is known.
func (s *namespaceSelector) selects(n *namespace) match {
	if n.known {
		if s.selector.Matches(n.labels) {
			return yes
		}
		return no
	}
	requirements, _ := s.selector.Requirements()
	found := yes
	for i := range requirements {
		switch {
		case requirements[i].Key() != corev1.LabelMetadataName:
			found = maybe
		case !requirements[i].Matches(n.labels):
			return no
		}
	}
	return found
}

// peerSpec is a peer as a policy writes it: without a selector of namespaces it is about the policy's own.
type peerSpec struct {
	namespaces labels.Selector
	pods       labels.Selector
}

// internLocked returns the peer of a rule.
func (x *Index) internLocked(home *namespace, spec peerSpec) *peer {
	pods := spec.pods.String()
	if spec.namespaces == nil {
		if home.peers[pods] == nil {
			home.peers[pods] = newPeer(spec.pods)
			home.peers[pods].namespace = home
		}
		return home.peers[pods]
	}
	text := spec.namespaces.String()
	selector := x.selectors[text]
	if selector == nil {
		selector = &namespaceSelector{
			text: text, selector: spec.namespaces, matched: map[*namespace]match{}, peers: map[string]*peer{},
		}
		x.selectors[text] = selector
		for _, n := range x.namespaces {
			selector.judge(n)
		}
	}
	if selector.peers[pods] == nil {
		selector.peers[pods] = newPeer(spec.pods)
		selector.peers[pods].selector = selector
	}
	return selector.peers[pods]
}

func newPeer(pods labels.Selector) *peer {
	return &peer{pods: pods, users: [2]map[*policy]struct{}{{}, {}}}
}

// judge keeps what the selector says of a namespace, on both sides.
func (s *namespaceSelector) judge(n *namespace) {
	found := s.selects(n)
	if found == no {
		s.forget(n)
		return
	}
	s.matched[n] = found
	n.selectors[s] = struct{}{}
}

func (s *namespaceSelector) forget(n *namespace) {
	delete(s.matched, n)
	delete(n.selectors, s)
}

// releaseLocked forgets a peer that no policy names any more, and its selector of namespaces with the last one.
func (x *Index) releaseLocked(p *peer) {
	if len(p.users[ingress])+len(p.users[egress]) > 0 {
		return
	}
	if p.selector == nil {
		delete(p.namespace.peers, p.pods.String())
		return
	}
	delete(p.selector.peers, p.pods.String())
	if len(p.selector.peers) > 0 {
		return
	}
	for _, n := range slices.Collect(maps.Keys(p.selector.matched)) {
		p.selector.forget(n)
	}
	delete(x.selectors, p.selector.text)
}

// peersOf calls visit with every peer that may mean the group, in no order.
func peersOf(g *group, visit func(*peer)) {
	for _, p := range g.home.peers {
		if p.pods.Matches(g.labels) {
			visit(p)
		}
	}
	for s := range g.home.selectors {
		for _, p := range s.peers {
			if p.pods.Matches(g.labels) {
				visit(p)
			}
		}
	}
}
