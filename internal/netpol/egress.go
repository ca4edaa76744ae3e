package netpol

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Egress is what a group can connect to.
type Egress struct {
	// Isolation are the policies that hold its egress back, sorted. Empty: no NetworkPolicy selects it for egress.
	Isolation []PolicyRef
	// OwnNamespace and OtherNamespaces are the pods of the pod network, without the one that asks; HostNetwork are those on
	// the network of a node, in any namespace.
	OwnNamespace, OtherNamespaces, HostNetwork Tally
	Outside                                    Outside
	// Unevaluated are policies of other kinds that concern it.
	Unevaluated []OtherPolicy
}

// Tally counts what is reached on at least one port, by what the NetworkPolicies of both sides say.
type Tally struct {
	Verdict   finding.Verdict
	Condition string
	// Reached is what is reached for certain, Possible what is reached besides, if the condition holds.
	Reached, Possible Counts
	// Targets are the first of them: those that are reached for certain, then the others, each by namespace and name.
	Targets []Target
}

// Counts are numbers of groups, of their pods and of their namespaces.
type Counts struct{ Groups, Pods, Namespaces int }

// Target is a group that is reached.
type Target struct {
	Key
	// Pods is how many pods of the group are reached.
	Pods int
	Connection
}

// Egress tells what a group can connect to, with at most so many targets in each tally. ok is false for a group that is not
// known.
func (x *Index) Egress(key Key, targets int) (answer Egress, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	g, ok := x.groups[key]
	if !ok {
		return Egress{}, false
	}
	s := newSurvey(x, g)
	s.take()
	answer = Egress{
		Isolation:       refs(g.policies[egress]),
		OwnNamespace:    s.ownNamespace(targets),
		OtherNamespaces: s.otherNamespaces(targets),
		HostNetwork:     s.onHosts(targets),
		Outside:         x.outside(g),
		Unevaluated:     slices.Clone(x.concerning(g.home)),
	}
	return answer, true
}

// Connect tells what gets through from one group to another on some ports. ok is false where a group is not known.
func (x *Index) Connect(from, to Key, ports Ports) (answer Connection, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	a, known := x.groups[from]
	b, ok := x.groups[to]
	if !ok || !known {
		return Connection{}, false
	}
	return x.connection(a, b, ports), true
}

func (x *Index) connection(from, to *group, ports Ports) Connection {
	o := connect(from, to, ports)
	return Connection{
		Access:  o.access(x.concerning(from.home, to.home)),
		Egress:  from.lettingGroup(egress, o.possible, to),
		Ingress: to.lettingGroup(ingress, o.possible, from),
	}
}
