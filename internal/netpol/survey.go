package netpol

import "github.com/daysix/daysix/internal/finding"

// survey finds out what one group reaches. Groups that let everyone in are counted by namespace where the source is let out
// to everyone; the others are decided one by one, as far as a policy of theirs or of the source names the other end.
type survey struct {
	x    *Index
	from *group
	// wide is what the source is let out to everyone on.
	wide opening
	// others are policies of other kinds that concern the source.
	others []OtherPolicy
	seen   map[*group]finding.Verdict
	// spots and hosts sum up what was seen by namespace, in the pod network and on the network of nodes.
	spots, hosts map[*namespace]*spot
}

// spot is what has been decided one by one in a namespace.
type spot struct {
	reached, possible count
	// open counts the groups among them that let everyone in.
	open count
	// why is what decides over what is possible.
	why reasons
	// undecided is true where a policy of another kind in the namespace could open what is closed.
	undecided bool
}

func newSurvey(x *Index, from *group) *survey {
	return &survey{
		x: x, from: from, wide: from.wide(), others: x.concerning(from.home),
		seen: map[*group]finding.Verdict{}, spots: map[*namespace]*spot{}, hosts: map[*namespace]*spot{},
	}
}

// wide is what the policies of a group let out to everyone, on ports by number.
func (g *group) wide() opening {
	if !g.isolated(egress) {
		return everything()
	}
	var o opening
	for _, p := range g.policies[egress] {
		p.eachRule(egress, func(r *rule) {
			switch {
			case r.everyone:
				o.allow(r.ports.numbers)
			case r.holdsPods:
				o.perhaps(r.ports.numbers, podAddresses)
			}
		})
	}
	if g.HostNetwork {
		o.perhaps(AllPorts(), hostNetwork)
	}
	return o
}

// take decides every group that has to be decided by itself.
func (s *survey) take() {
	s.decide(s.from)
	if s.from.HostNetwork {
		s.all()
		return
	}
	for g := range s.x.hosts {
		s.decide(g)
	}
	if !s.wide.possible.Empty() {
		s.admitted()
	}
	if s.wide.certain.Empty() {
		s.named()
	}
}

func (s *survey) all() {
	for _, g := range s.x.groups {
		s.decide(g)
	}
}

// admitted decides the isolated groups that may let the source in.
func (s *survey) admitted() {
	for g := range s.x.doors {
		s.decide(g)
	}
	peersOf(s.from, func(p *peer) {
		for user := range p.users[ingress] {
			for g := range user.subjects {
				s.decide(g)
			}
		}
	})
}

// named decides the groups that a policy of the source names.
func (s *survey) named() {
	for _, p := range s.from.policies[egress] {
		p.eachRule(egress, func(r *rule) {
			if (r.everyone || r.holdsPods) && len(r.ports.named) > 0 {
				s.all() // Any group may declare such a port.
				return
			}
			for _, peer := range r.peers {
				peer.namespaces(func(n *namespace) {
					for _, g := range n.groups {
						if peer.pods.Matches(g.labels) {
							s.decide(g)
						}
					}
				})
			}
		})
	}
}

// decide looks at one group.
func (s *survey) decide(g *group) {
	if _, done := s.seen[g]; done || g.Pods == 0 {
		return
	}
	out := s.from.toward(egress, g)
	into := opening{}
	if !out.possible.Empty() {
		into = g.toward(ingress, s.from)
	}
	o := out.and(into)
	verdict, why := s.overlaid(&o, g.home)
	s.seen[g] = verdict
	spots := s.spots
	if g.HostNetwork {
		spots = s.hosts
	}
	if spots[g.home] == nil {
		spots[g.home] = &spot{}
	}
	spots[g.home].add(g, s.pods(g), verdict, why)
	spots[g.home].undecided = spots[g.home].undecided || len(g.home.others) > 0 && !out.possible.Empty() && s.pods(g) > 0
}

// overlaid is the verdict on an opening under policies of other kinds: those that concern the source, and those of the
// namespace, if it is one.
func (s *survey) overlaid(o *opening, n *namespace) (finding.Verdict, reasons) {
	verdict := o.verdict()
	if verdict != finding.No && (len(s.others) > 0 || n != nil && len(n.others) > 0) {
		return finding.Conditional, otherPolicies
	}
	return verdict, o.why
}

// pods is how many pods of a group there are to reach.
func (s *survey) pods(g *group) int {
	if g == s.from {
		return g.Pods - 1
	}
	return g.Pods
}

func (t *spot) add(g *group, pods int, verdict finding.Verdict, why reasons) {
	if g.open() {
		t.open.add(g, 1)
	}
	if pods > 0 {
		t.take(count{1, pods}, verdict, why)
	}
}

func (t *spot) take(some count, verdict finding.Verdict, why reasons) {
	switch {
	case some.groups == 0:
	case verdict == finding.Yes:
		t.reached = t.reached.plus(some)
	case verdict == finding.Conditional:
		t.possible, t.why = t.possible.plus(some), t.why|why
	}
}

func (c count) plus(other count) count { return count{c.groups + other.groups, c.pods + other.pods} }

func (c count) minus(other count) count { return count{c.groups - other.groups, c.pods - other.pods} }
