package netpol

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The ports of a protocol.
const (
	minPort = 1
	maxPort = 65535
)

// Ports is a set of ports of TCP, UDP and SCTP. The zero value is the empty set. It is immutable.
type Ports struct {
	// all is every port, and whatever else than the three protocols is let through where no port is asked for.
	all bool
	// spans are in order; within a protocol they neither overlap nor touch.
	spans []span
}

// span is a range of ports, both ends included.
type span struct {
	protocol    int // its place in protocols
	first, last int32
}

// protocols are those that a NetworkPolicy can name, in the order in which they are shown.
var protocols = [...]corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}

// AllPorts is the set of every port.
func AllPorts() Ports { return Ports{all: true} }

// PortRange is the set of the ports from first to last, both included. It is empty for a protocol that NetworkPolicy does
// not know.
func PortRange(protocol corev1.Protocol, first, last int32) Ports {
	at := slices.Index(protocols[:], protocol)
	first, last = max(first, minPort), min(last, maxPort)
	if at < 0 || first > last {
		return Ports{}
	}
	return Ports{spans: []span{{at, first, last}}}
}

// Empty tells whether there is no port in the set.
func (p Ports) Empty() bool { return !p.all && len(p.spans) == 0 }

// All tells whether no port was asked for: everything is in the set.
func (p Ports) All() bool { return p.all }

// Contains tells whether a port is in the set.
func (p Ports) Contains(protocol corev1.Protocol, port int32) bool {
	return !p.Intersect(PortRange(protocol, port, port)).Empty()
}

// Equal tells whether both sets hold the same ports.
func (p Ports) Equal(q Ports) bool { return p.all == q.all && slices.Equal(p.spans, q.spans) }

// Union is the set of the ports that are in either.
func (p Ports) Union(q Ports) Ports {
	switch {
	case p.all || len(q.spans) == 0 && !q.all:
		return p
	case q.all || len(p.spans) == 0:
		return q
	}
	return portsIn(slices.Concat(p.spans, q.spans))
}

// portsIn is the set of the ports in spans, which are its own afterwards.
func portsIn(spans []span) Ports {
	if len(spans) == 0 {
		return Ports{}
	}
	slices.SortFunc(spans, compareSpans)
	merged := spans[:1]
	for _, s := range spans[1:] {
		last := &merged[len(merged)-1]
		if s.protocol == last.protocol && s.first <= last.last+1 {
			last.last = max(last.last, s.last)
			continue
		}
		merged = append(merged, s)
	}
	return Ports{spans: merged}
}

// Intersect is the set of the ports that are in both.
func (p Ports) Intersect(q Ports) Ports {
	switch {
	case p.all:
		return q
	case q.all:
		return p
	}
	var common []span
	for i, j := 0, 0; i < len(p.spans) && j < len(q.spans); {
		a, b := p.spans[i], q.spans[j]
		if a.protocol == b.protocol && a.first <= b.last && b.first <= a.last {
			common = append(common, span{a.protocol, max(a.first, b.first), min(a.last, b.last)})
		}
		if cmp.Or(cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.last, b.last)) < 0 {
			i++
		} else {
			j++
		}
	}
	return Ports{spans: common}
}

func compareSpans(a, b span) int {
	return cmp.Or(cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
}

// maxSpansShown bounds the text of a set.
const maxSpansShown = 8

// String writes the set as "all ports", "no port" or "TCP 80, 443, 8000-8999, UDP 53".
func (p Ports) String() string {
	switch {
	case p.all:
		return "all ports"
	case len(p.spans) == 0:
		return "no port"
	}
	var texts []string
	shown := -1
	for _, s := range p.spans[:min(len(p.spans), maxSpansShown)] {
		text := s.String()
		if s.protocol != shown {
			text = string(protocols[s.protocol]) + " " + text
		}
		shown = s.protocol
		texts = append(texts, text)
	}
	if more := len(p.spans) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}

func (s span) String() string {
	switch {
	case s.first == minPort && s.last == maxPort:
		return "any"
	case s.first == s.last:
		return fmt.Sprint(s.first)
	default:
		return fmt.Sprintf("%d-%d", s.first, s.last)
	}
}
