package attackgraph

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// The oracle walks the drawn edges one by one and counts names, without costs, components, sets or marks.
func TestCountsAndHopsAreWhatAWalkFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.graph().Solve()
		for i, key := range s.Workloads() {
			o := oracle{w, s, int32(i), false}
			o.stealing = s.core.steals() && o.walk(true, nil).has(s, KindNode, KindAllNodes)
			got, _ := s.Answers(key)
			want := Answers{Workload: key, Certain: o.count(o.walk(false, nil)), Possible: o.count(o.walk(true, nil))}
			if diff := cmp.Diff([]Reached{want.Certain, want.Possible}, []Reached{got.Certain, got.Possible}); diff != "" {
				t.Fatalf("%s (-walk +answers):\n%s\n%s", key, diff, got.text())
			}
			hop := finding.No
			switch {
			case o.hops(false):
				hop = finding.Yes
			case o.hops(true):
				hop = finding.Conditional
			}
			if got.HopNodes.Verdict != hop {
				t.Fatalf("%s: HopNodes is %s, the walk says %s\n%s", key, got.HopNodes.Verdict, hop, got.text())
			}
		}
	})
}

type oracle struct {
	*world
	s        *Solution
	workload int32
	stealing bool
}

type walked map[int32]bool

func (w walked) has(s *Solution, kinds ...VertexKind) bool {
	for v := range w {
		for _, kind := range kinds {
			if s.core.vertex(v).Kind == kind {
				return true
			}
		}
	}
	return false
}

// walk collects what is reached over arcs, with or without conditions; first says which of the first arcs count.
func (o *oracle) walk(conditions bool, first func(*arc) bool) walked {
	reached := walked{}
	c := o.s.core
	var visit func(v int32, keep func(*arc) bool)
	visit = func(v int32, keep func(*arc) bool) {
		for _, a := range c.out(v) {
			open := (a.flags&conditional == 0 || conditions) && a.flags.open(o.stealing) && (keep == nil || keep(&a))
			if open && !reached[a.to] {
				reached[a.to] = true
				visit(a.to, nil)
			}
		}
	}
	if v := c.vertexOf[o.workload]; v != absent {
		visit(v, first)
	}
	return reached
}

// hops walks from every pod of its own, with the way out to its own node only.
func (o *oracle) hops(conditions bool) bool {
	nodes := map[string]bool{}
	facts := o.workloads[o.s.state.workloads[o.workload].key]
	for _, g := range facts.Groups {
		for _, p := range g.Pods {
			if p.Node != "" {
				nodes[p.Node] = true
			}
		}
	}
	if len(nodes) == 0 {
		// Wherever the pod will run, there must be another node.
		for _, n := range o.s.state.nodes {
			nodes[n.name] = true
		}
		for own := range nodes {
			if !o.hopsFrom(own, conditions) {
				return false
			}
		}
		return o.walk(conditions, nil).has(o.s, KindAllNodes) || len(nodes) > 0
	}
	for own := range nodes {
		if o.hopsFrom(own, conditions) {
			return true
		}
	}
	return false
}

func (o *oracle) hopsFrom(own string, conditions bool) bool {
	c := o.s.core
	reached := o.walk(conditions, func(a *arc) bool {
		to := c.vertex(a.to)
		return (to.Kind != KindNode && to.Kind != KindNodeFiles) || to.Object.Name == own || to.Object.Name == ""
	})
	for v := range reached {
		if to := c.vertex(v); to.Kind == KindAllNodes || (to.Kind == KindNode && to.Object.Name != "" && to.Object.Name != own) {
			return true
		}
	}
	return false
}

// count names what is reached.
func (o *oracle) count(reached walked) Reached {
	own := o.s.state.workloads[o.workload].key
	pods, nodes, spaces, secrets := map[name]bool{}, map[string]bool{}, map[string]bool{}, map[name]bool{}
	add := func(key Key, g *Group, pod bool, lists ...[]string) {
		for _, p := range g.Pods {
			if pod && key != own {
				pods[name{key.Namespace, p.Name}], spaces[key.Namespace] = true, true
			}
		}
		for _, list := range lists {
			for _, of := range list {
				secrets[name{key.Namespace, of}], spaces[key.Namespace] = true, true
			}
		}
	}
	for v := range reached {
		to := o.s.core.vertex(v)
		in := func(namespace string) bool { return to.Object.Namespace == "" || to.Object.Namespace == namespace }
		switch to.Kind {
		case KindNode, KindAllNodes:
			nodes[to.Object.Name] = true
		case KindSecret:
			if to.Object.Namespace != "" {
				secrets[name{to.Object.Namespace, to.Object.Name}], spaces[to.Object.Namespace] = true, true
			}
		case KindSecrets, KindAllPods, KindNewPods, KindAllServiceAccounts, KindStolenPods:
			for _, namespace := range o.s.state.namespaces {
				if in(namespace) {
					spaces[namespace] = true
				}
			}
		default:
		}
		o.eachGroup(func(key Key, g *Group) {
			switch {
			case to.Kind == KindSecrets && in(key.Namespace):
				add(key, g, false, g.Secrets, g.NodeSecrets)
			case to.Kind == KindAllPods && in(key.Namespace):
				add(key, g, true, g.Secrets)
			case to.Kind == KindStolenPods && in(key.Namespace) && g.Placement == Free:
				add(key, g, true, g.Secrets, g.NodeSecrets)
			}
			for _, p := range g.Pods {
				one := &Group{Pods: []Pod{p}}
				onNode := (to.Kind == KindNode || to.Kind == KindNodeFiles) && p.Node != "" && to.Object.Name == p.Node
				if onNode {
					add(key, one, to.Kind == KindNode, g.Secrets, g.NodeSecrets)
				}
				if to.Kind == KindPod && to.Object == (Key{Namespace: key.Namespace, Name: p.Name}) {
					add(key, one, true, g.Secrets)
				}
			}
		})
		for namespace, list := range o.secrets {
			for _, s := range list {
				if to.Kind == KindSecrets && in(namespace) {
					secrets[name{namespace, s.Name}] = true
				}
			}
		}
	}
	for _, g := range o.workloads[own].Groups {
		add(own, &g, false, g.Secrets)
	}
	named := len(nodes)
	if nodes[""] && named > 1 {
		named--
	}
	return Reached{len(pods), named, len(spaces), len(secrets)}
}

func (o *oracle) eachGroup(visit func(Key, *Group)) {
	for key, w := range o.workloads {
		for i := range w.Groups {
			visit(key, &w.Groups[i])
		}
	}
}

// reaches tells whether a target is among what is reached, or read in a pod or on a node that is.
func (o *oracle) reaches(reached walked, target Vertex) bool {
	if target.Kind != KindSecret {
		return reached.isAt(o.s, target)
	}
	hub := Vertex{KindSecrets, Key{Namespace: target.Object.Namespace}}
	if reached.isAt(o.s, target) || reached.isAt(o.s, hub) || reached.isAt(o.s, Vertex{Kind: KindSecrets}) {
		return true
	}
	found := false
	o.eachGroup(func(key Key, g *Group) {
		if key.Namespace != target.Object.Namespace {
			return
		}
		mounted := slices.Contains(g.Secrets, target.Object.Name)
		fetched := mounted || slices.Contains(g.NodeSecrets, target.Object.Name)
		at := func(kind VertexKind, object Key) bool { return reached.isAt(o.s, Vertex{kind, object}) }
		here := Key{Namespace: key.Namespace}
		found = found || (mounted && (key == o.s.state.workloads[o.workload].key || at(KindWorkload, key) || at(KindAllPods, here) || at(KindAllPods, Key{})))
		for _, p := range g.Pods {
			found = found || (fetched && p.Node != "" && (at(KindNode, Key{Name: p.Node}) || at(KindNodeFiles, Key{Name: p.Node})))
			found = found || (mounted && at(KindPod, Key{Namespace: key.Namespace, Name: p.Name}))
			found = found || (fetched && g.Placement == Free && (at(KindStolenPods, here) || at(KindStolenPods, Key{})))
		}
	})
	return found
}

func (w walked) isAt(s *Solution, v Vertex) bool {
	for at := range w {
		if s.core.vertex(at) == v {
			return true
		}
	}
	return false
}
