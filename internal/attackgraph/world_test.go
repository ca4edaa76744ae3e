package attackgraph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// world are facts that change at random: few names, so that they meet, go, and come again.
type world struct {
	workloads map[Key]Workload
	nodes     map[string]Node
	accounts  map[name][]Effect
	secrets   map[string][]Secret
}

func newWorld() *world {
	return &world{map[Key]Workload{}, map[string]Node{}, map[name][]Effect{}, map[string][]Secret{}}
}

// fill puts the facts into a graph, in an order that depends on the seed.
func (w *world) fill(g *Graph, reverse bool) {
	var verbs []func()
	for _, key := range slices.SortedFunc(maps.Keys(w.workloads), Key.Compare) {
		verbs = append(verbs, func() { g.SetWorkload(key, w.workloads[key]) })
	}
	for _, of := range slices.Sorted(maps.Keys(w.nodes)) {
		verbs = append(verbs, func() { g.SetNode(of, w.nodes[of]) })
	}
	for _, id := range slices.SortedFunc(maps.Keys(w.accounts), compareNames) {
		verbs = append(verbs, func() { g.SetServiceAccount(id.namespace, id.name, w.accounts[id]) })
	}
	for _, namespace := range slices.Sorted(maps.Keys(w.secrets)) {
		verbs = append(verbs, func() { g.SetSecrets(namespace, w.secrets[namespace]) })
	}
	if reverse {
		slices.Reverse(verbs)
	}
	for _, verb := range verbs {
		verb()
	}
}

func (w *world) graph() *Graph {
	g := New()
	w.fill(g, false)
	return g
}

var (
	someSpaces   = rapid.SampledFrom([]string{"bank", "shop", "kube"})
	someNames    = rapid.SampledFrom([]string{"p", "q", "r"})
	someNodes    = rapid.SampledFrom([]string{"", "a", "b", "c", "d"})
	someSecrets  = rapid.SliceOfN(rapid.SampledFrom([]string{"s", "t", "u"}), 0, 2)
	someBindings = rapid.SampledFrom([]string{"B1", "B2", "B3"})
	somePlaces   = rapid.SampledFrom([]Placement{Pinned, Free, EveryNode})
)

func drawKey(t *rapid.T) Key {
	return Key{"apps", rapid.SampledFrom([]string{"Deployment", "DaemonSet"}).Draw(t, "kind"), someSpaces.Draw(t, "namespace"), someNames.Draw(t, "workload")}
}

// drawWay is none more often than one.
func drawWay(t *rapid.T, label string) *Way {
	return rapid.SampledFrom([]*Way{nil, nil, nil, nil, {Why: label}, {Condition: "If " + label + ".", Why: label}}).Draw(t, label)
}

func drawWorkload(t *rapid.T, key Key) Workload {
	var w Workload
	for i := range rapid.IntRange(1, 2).Draw(t, "groups") {
		g := Group{
			ServiceAccount: someNames.Draw(t, "account"), HoldsToken: rapid.Bool().Draw(t, "token"), Root: drawWay(t, "root"), Read: drawWay(t, "read"),
			Secrets: someSecrets.Draw(t, "secrets"), NodeSecrets: someSecrets.Draw(t, "node secrets"), Placement: somePlaces.Draw(t, "placement"),
		}
		for j := range rapid.IntRange(0, 2).Draw(t, "pods") {
			g.Pods = append(g.Pods, Pod{fmt.Sprintf("%s-%s-%d-%d", key.Name, strings.ToLower(key.Kind), i, j), someNodes.Draw(t, "node")})
		}
		w.Groups = append(w.Groups, g)
	}
	return w
}

// drawEffects draws of the privileges that an edge follows, most often none.
func drawEffects(t *rapid.T) []Effect {
	g := New()
	privileges := slices.Sorted(maps.Keys(g.follows))
	var effects []Effect
	for range rapid.SampledFrom([]int{0, 0, 1, 1, 2}).Draw(t, "effects") {
		privilege := rapid.SampledFrom(privileges).Draw(t, "privilege")
		e := Effect{
			Privilege: privilege, Consequence: rapid.SampledFrom(g.follows[privilege]).Draw(t, "consequence"),
			Namespace: rapid.SampledFrom([]string{"", "bank", "shop", "shop", "kube"}).Draw(t, "where"), Why: string(privilege),
			Condition: rapid.SampledFrom([]string{"", "", "Perhaps.", "Maybe."}).Draw(t, "condition"),
			Needs:     []string{someBindings.Draw(t, "binding")},
		}
		if rapid.IntRange(0, 3).Draw(t, "named") == 0 || e.Consequence == finding.ValuableSecret {
			e.Names = rapid.SliceOfN(rapid.SampledFrom([]string{"p", "q", "s", "t", "x", "a", "b", "p-deployment-0-0", "q-daemonset-0-1"}), 1, 2).Draw(t, "names")
		}
		effects = append(effects, e)
	}
	return effects
}

func drawNode(t *rapid.T) Node {
	n := Node{ControlPlane: rapid.IntRange(0, 5).Draw(t, "control plane") == 0}
	if rapid.IntRange(0, 5).Draw(t, "kubelet") == 0 {
		n.Kubelet = drawEffects(t)
	}
	return n
}

func drawSecrets(t *rapid.T) []Secret {
	var secrets []Secret
	for _, of := range slices.Compact(slices.Sorted(slices.Values(someSecrets.Draw(t, "secrets")))) {
		secrets = append(secrets, Secret{of, rapid.SampledFrom([]string{"", "", "p", "q"}).Draw(t, "token of")})
	}
	return secrets
}

// event changes the facts at random, and the graph the same way; what the verb said is returned.
func (w *world) event(t *rapid.T, g *Graph) bool {
	switch rapid.IntRange(0, 9).Draw(t, "event") {
	case 0:
		key := drawKey(t)
		delete(w.workloads, key)
		return g.DeleteWorkload(key)
	case 1, 2, 3:
		key := drawKey(t)
		w.workloads[key] = drawWorkload(t, key)
		return g.SetWorkload(key, w.workloads[key])
	case 4:
		of := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "node")
		delete(w.nodes, of)
		return g.DeleteNode(of)
	case 5:
		of := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "node")
		w.nodes[of] = drawNode(t)
		return g.SetNode(of, w.nodes[of])
	case 6:
		id := name{someSpaces.Draw(t, "namespace"), someNames.Draw(t, "account")}
		delete(w.accounts, id)
		return g.DeleteServiceAccount(id.namespace, id.name)
	case 7, 8:
		id := name{someSpaces.Draw(t, "namespace"), someNames.Draw(t, "account")}
		w.accounts[id] = drawEffects(t)
		return g.SetServiceAccount(id.namespace, id.name, w.accounts[id])
	default:
		namespace := someSpaces.Draw(t, "namespace")
		w.secrets[namespace] = drawSecrets(t)
		return g.SetSecrets(namespace, w.secrets[namespace])
	}
}

// drawWorld is a world after some events.
func drawWorld(t *rapid.T) *world {
	w, g := newWorld(), New()
	for range rapid.IntRange(1, 40).Draw(t, "size") {
		w.event(t, g)
	}
	return w
}

// everything writes down all that a solution says.
func (s *Solution) everything() string {
	var b strings.Builder
	for _, key := range s.Workloads() {
		a, _ := s.Answers(key)
		fmt.Fprintf(&b, "%s\n", a.text())
	}
	return b.String()
}

// text is everything that the answers say, a line for each thing.
func (a *Answers) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s certain %+v possible %+v own %d %q\n", a.Workload, a.Certain, a.Possible, a.OwnNodes, a.Note)
	all := a.all()
	for _, question := range slices.Sorted(maps.Keys(all)) {
		answer := all[question]
		fmt.Fprintf(&b, "  %s: %s %s %v\n", question, answer.Verdict, answer.Scope, answer.Namespaces)
		for _, line := range answer.Path.lines() {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		for _, line := range answer.Widest.lines() {
			fmt.Fprintf(&b, "    wide: %s\n", line)
		}
	}
	return b.String()
}
