package netpol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// answers is everything that the index says of a group.
type answers struct {
	Egress   Egress
	Ingress  Ingress
	Exposure Exposure
}

func (x *Index) answers(key Key) answers {
	var a answers
	a.Egress, _ = x.Egress(key, 4)
	a.Ingress, _ = x.Ingress(key)
	a.Exposure, _ = x.Exposure(key)
	return a
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func assertSameAnswers(t failer, m *model, x, y *Index) {
	t.Helper()
	for _, key := range keysOf(m.groups) {
		if diff := cmp.Diff(y.answers(key), x.answers(key)); diff != "" {
			t.Fatalf("%s (-rebuilt +incremental):\n%s", key, diff)
		}
	}
	if diff := cmp.Diff(sizes(y), sizes(x)); diff != "" {
		t.Fatalf("what the index holds (-rebuilt +incremental):\n%s", diff)
	}
}

// sizes shows what is left behind.
func sizes(x *Index) map[string]int {
	out := map[string]int{
		"namespaces": len(x.namespaces), "ordered": len(x.ordered), "selectors": len(x.selectors), "policies": len(x.policies),
		"groups": len(x.groups), "doors": len(x.doors), "hosts": len(x.hosts), "naming": len(x.naming), "routes": len(x.routes),
		"backends": len(x.backends), "populated": x.populated, "reliable": x.reliable, "openHosts": x.openHosts,
		"nameServers": len(x.nameServers), "others": len(x.others), "guarded": len(x.guarded), "open": x.open.pods, "opened": x.opened,
	}
	for _, n := range x.namespaces {
		out["groups of "+n.name] = len(n.groups)
		out["policies of "+n.name] = len(n.policies)
		out["peers of "+n.name] = len(n.peers)
		out["selectors of "+n.name] = len(n.selectors)
		out["services of "+n.name] = len(n.services)
		out["pods of "+n.name], out["open pods of "+n.name] = n.pods.pods, n.open.pods
	}
	for text, s := range x.selectors {
		out["peers by "+text], out["matches of "+text] = len(s.peers), len(s.matched)
	}
	return out
}

func TestIncrementalIndexEqualsARebuiltOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		x := m.index()
		for range 60 {
			m.event(t, x)
		}
		assertSameAnswers(t, m, x, m.rebuild())
	})
}

func TestTenThousandEventsLeaveTheIndexAsIfRebuilt(t *testing.T) {
	type run struct {
		*model
		*Index
	}
	events := rapid.Custom(func(t *rapid.T) run {
		m := newModel(t)
		r := run{m, m.index()}
		for range 10_000 {
			r.event(t, r.Index)
		}
		return r
	})
	for seed := range 3 {
		r := events.Example(seed)
		assertSameAnswers(t, r.model, r.Index, r.rebuild())
	}
}

// A group that an event does not name has the same verdicts after it; and the same answers, unless the event says that
// counts differ.
func TestAnEventNamesEveryGroupWhoseAnswersDiffer(t *testing.T) {
	verdicts := cmp.Options{
		cmpopts.IgnoreTypes(Counts{}, []Target{}),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Condition" }, cmp.Ignore()),
	}
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		x := m.index()
		for range 40 {
			m.event(t, x)
		}
		for range 10 {
			before := map[Key]answers{}
			for key := range m.groups {
				before[key] = x.answers(key)
			}
			a := m.event(t, x)
			for _, key := range keysOf(m.groups) {
				old, ok := before[key]
				if a.Includes(key) {
					continue
				}
				options := verdicts
				if !a.Counts {
					options = nil
				}
				if diff := cmp.Diff(old, x.answers(key), options...); !ok || diff != "" {
					t.Fatalf("%s is not named in %+v (-before +after):\n%s", key, a, diff)
				}
			}
		}
	})
}

// What is counted by namespace is what one would find by looking at every group.
func TestEgressCountsWhatEveryPairSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		x := m.index()
		for range 60 {
			m.event(t, x)
		}
		for _, key := range keysOf(m.groups) {
			got, _ := x.Egress(key, 100)
			own, others, hosts := x.slowly(key)
			for name, pair := range map[string][2]Tally{
				"own namespace": {own, got.OwnNamespace}, "other namespaces": {others, got.OtherNamespaces}, "hosts": {hosts, got.HostNetwork},
			} {
				if diff := cmp.Diff(pair[0], pair[1], cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Tally{}, "Condition")); diff != "" {
					t.Fatalf("%s to %s (-every pair +counted):\n%s", key, name, diff)
				}
				if (pair[1].Condition != "") != (pair[1].Verdict == finding.Conditional) {
					t.Fatalf("%s to %s: %s, condition %q", key, name, pair[1].Verdict, pair[1].Condition)
				}
			}
		}
	})
}

// slowly looks at every other group, one by one.
func (x *Index) slowly(key Key) (own, others, hosts Tally) {
	from := x.groups[key]
	tallies := []*Tally{&own, &others, &hosts}
	spaces := []map[string][2]bool{{}, {}, {}}
	undecided := [3]bool{}
	unsure := make([][]Target, 3)
	for _, k := range keysOf(x.groups) {
		to := x.groups[k]
		target := Target{k, to.Pods, x.connection(from, to, AllPorts())}
		if to == from {
			target.Pods--
		}
		if target.Pods < 1 {
			continue
		}
		at := 0
		switch {
		case to.HostNetwork:
			at = 2
		case to.home != from.home:
			at = 1
		}
		t := tallies[at]
		seen := spaces[at][k.Namespace]
		switch {
		case target.Ports.Empty():
			byTarget := len(to.home.others) > 0 && !from.toward(egress, to).possible.Empty()
			undecided[at] = undecided[at] || at != 2 && (len(x.concerning(from.home)) > 0 || byTarget)
		case target.Verdict == finding.Yes:
			t.Reached.add(count{1, target.Pods})
			t.Targets = append(t.Targets, target)
			seen[0] = true
		default:
			t.Possible.add(count{1, target.Pods})
			unsure[at] = append(unsure[at], target)
			seen[1] = true
		}
		spaces[at][k.Namespace] = seen
	}
	for at, t := range tallies {
		t.Targets = append(t.Targets, unsure[at]...)
		t.Reached.Namespaces, t.Possible.Namespaces = 0, 0
		for _, seen := range spaces[at] {
			t.Reached.Namespaces += step(false, seen[0])
			t.Possible.Namespaces += step(false, seen[1])
		}
		switch {
		case t.Reached.Groups > 0:
			t.Verdict = finding.Yes
		case t.Possible.Groups > 0 || undecided[at]:
			t.Verdict = finding.Conditional
		default:
			t.Verdict = finding.No
		}
	}
	return own, others, hosts
}
