package netpol

import (
	"maps"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// ownNamespace sums up the pod network of the source's namespace.
func (s *survey) ownNamespace(targets int) Tally {
	n := s.from.home
	self := 0
	if !s.from.HostNetwork && s.from.Pods > 0 {
		self = 1
	}
	sum := s.addUp(s.inNamespace, n)
	if sum.undecided = nil; n.pods.pods > self {
		sum.undecided = s.others
	}
	return s.tally(&sum, targets, func(g *group) bool { return !g.HostNetwork }, n)
}

// otherNamespaces sums up the pod network of the others: one by one where something in them was looked at or concerns
// them alone, all others at once.
func (s *survey) otherNamespaces(targets int) Tally {
	home := s.from.home
	single := maps.Clone(s.x.guarded)
	for n := range s.spots {
		single[n] = struct{}{}
	}
	delete(single, home)
	ordered := slices.SortedFunc(maps.Keys(single), compareNamespaces)
	sum := s.addUp(s.inNamespace, ordered...)
	if !s.wide.possible.Empty() {
		sum.add(s.restOf(append(ordered, home)))
		ordered = s.x.ordered
	}
	if len(s.others) > 0 && s.x.populated > step(false, home.pods.groups > 0) {
		sum.undecided = s.others
	}
	return s.tally(&sum, targets, func(g *group) bool { return !g.HostNetwork && g.home != home }, ordered...)
}

// onHosts sums up the pods on the network of nodes, of every namespace.
func (s *survey) onHosts(targets int) Tally {
	ordered := slices.SortedFunc(maps.Keys(s.hosts), compareNamespaces)
	sum := s.addUp(func(n *namespace) spot { return *s.hosts[n] }, ordered...)
	return s.tally(&sum, targets, func(g *group) bool { return g.HostNetwork }, ordered...)
}

// inNamespace adds to what has been decided one by one in a namespace the groups that let everyone in.
func (s *survey) inNamespace(n *namespace) spot {
	var at spot
	if decided := s.spots[n]; decided != nil {
		at = *decided
	}
	if s.wide.possible.Empty() {
		return at
	}
	at.undecided = len(n.others) > 0 && n.pods.groups > 0
	verdict, why := s.overlaid(&s.wide, n)
	at.take(n.open.minus(at.open), verdict, why)
	return at
}

// restOf is what lets everyone in outside of some namespaces, in those that no policy of another kind is about.
func (s *survey) restOf(but []*namespace) total {
	rest, spaces := s.x.open, s.x.opened
	for _, n := range but {
		rest = rest.minus(n.open)
		spaces -= step(false, n.open.groups > 0)
	}
	var all total
	verdict, why := s.overlaid(&s.wide, nil)
	if counts := (Counts{rest.groups, rest.pods, spaces}); verdict == finding.Yes {
		all.reached = counts
	} else if rest.groups > 0 {
		all.possible, all.why = counts, why
	}
	return all
}

// total is what is reached in several namespaces.
type total struct {
	reached, possible Counts
	why               reasons
	// undecided are policies of other kinds that could open a way of which nothing is counted, or close one that is.
	undecided []OtherPolicy
}

// addUp adds up namespaces.
func (s *survey) addUp(at func(*namespace) spot, all ...*namespace) total {
	var t total
	for _, n := range all {
		here := at(n)
		t.reached.add(here.reached)
		t.possible.add(here.possible)
		t.why |= here.why
		if len(t.undecided) == 0 && (here.undecided || here.why&otherPolicies != 0) {
			t.undecided = s.x.concerning(s.from.home, n)
		}
	}
	return t
}

func (t *total) add(other total) {
	t.reached = t.reached.plus(other.reached)
	t.possible = t.possible.plus(other.possible)
	t.why |= other.why
}

// tally puts a sum into words, with the first groups that the scope shows.
func (s *survey) tally(sum *total, targets int, shows func(*group) bool, ordered ...*namespace) Tally {
	t := Tally{Verdict: finding.No, Reached: sum.reached, Possible: sum.possible}
	switch {
	case t.Reached.Groups > 0:
		t.Verdict = finding.Yes
	case len(sum.undecided) > 0:
		t.Verdict, t.Condition = finding.Conditional, otherPolicies.condition(sum.undecided)
	case t.Possible.Groups > 0:
		t.Verdict, t.Condition = finding.Conditional, sum.why.condition(nil)
	}
	certain := min(targets, t.Reached.Groups)
	t.Targets = s.targets(ordered, shows, certain, min(targets-certain, t.Possible.Groups))
	return t
}

func (c *Counts) add(in count) {
	c.Groups += in.groups
	c.Pods += in.pods
	if in.groups > 0 {
		c.Namespaces++
	}
}

func (c Counts) plus(other Counts) Counts {
	return Counts{c.Groups + other.Groups, c.Pods + other.Pods, c.Namespaces + other.Namespaces}
}

// targets are the first groups that are reached for certain, and the first of the others, as many as are asked for.
func (s *survey) targets(all []*namespace, shows func(*group) bool, certain, possible int) []Target {
	if certain+possible == 0 {
		return nil
	}
	found := make([]Target, 0, certain+possible)
	unsure := make([]Target, 0, possible)
	for _, n := range all {
		for _, g := range n.groups {
			if len(found) == certain && len(unsure) == possible {
				return append(found, unsure...)
			}
			if !shows(g) || s.pods(g) < 1 {
				continue
			}
			switch verdict := s.verdict(g); {
			case verdict == finding.Yes && len(found) < certain:
				found = append(found, s.target(g))
			case verdict == finding.Conditional && len(unsure) < possible:
				unsure = append(unsure, s.target(g))
			}
		}
	}
	return append(found, unsure...)
}

func (s *survey) target(g *group) Target {
	return Target{g.key, s.pods(g), s.x.connection(s.from, g, AllPorts())}
}

// verdict is that on one group, whether it was decided by itself or not.
func (s *survey) verdict(g *group) finding.Verdict {
	if verdict, ok := s.seen[g]; ok {
		return verdict
	}
	if !g.open() {
		return finding.No
	}
	verdict, _ := s.overlaid(&s.wide, g.home)
	return verdict
}
