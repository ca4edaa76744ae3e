package attackgraph

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// A graph that has changed step by step says what one says that was built at once, and a verb that says that nothing has
// changed is right. 10,000 events.
func TestAGraphAfterManyEventsEqualsOneBuiltAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, g := newWorld(), New()
		before := g.Solve().everything()
		for range 100 {
			changed := w.event(t, g)
			if !changed {
				if after := g.Solve().everything(); after != before {
					t.Fatalf("the verb said that nothing has changed (-before +after):\n%s", cmp.Diff(before, after))
				}
				continue
			}
			before = g.Solve().everything()
			if built := w.graph().Solve().everything(); built != before {
				t.Fatalf("(-built at once +step by step):\n%s", cmp.Diff(built, before))
			}
		}
		for key := range w.workloads {
			g.DeleteWorkload(key)
		}
		for of := range w.nodes {
			g.DeleteNode(of)
		}
		for id := range w.accounts {
			g.DeleteServiceAccount(id.namespace, id.name)
		}
		for namespace := range w.secrets {
			g.SetSecrets(namespace, nil)
		}
		rows := []int{
			g.workloads.len(), g.accounts.len(), g.nodes.len(), g.namespaces.len(), g.secrets.len(), len(g.permissions.sets),
		}
		if slices.Max(rows) != 0 {
			t.Fatalf("with everything gone there are rows left: %v", rows)
		}
	})
}

func TestTheOrderOfFactsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		back := New()
		w.fill(back, true)
		s, other := w.graph().Solve(), back.Solve()
		if diff := cmp.Diff(s.everything(), other.everything()); diff != "" {
			t.Fatalf("(-forwards +backwards):\n%s", diff)
		}
		for _, key := range s.Workloads() {
			p, _ := s.PictureOf(key, 20)
			q, _ := other.PictureOf(key, 20)
			if diff := cmp.Diff(p, q); diff != "" {
				t.Fatalf("picture of %s (-forwards +backwards):\n%s", key, diff)
			}
		}
	})
}

// The search from one workload forwards, here without a binding that is not there, finds what the searches from all targets
// backwards find.
func TestWithoutAChangeTheAnswersAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t).graph().Solve()
		for _, key := range s.Workloads() {
			want, _ := s.Answers(key)
			got, _ := s.Without(key, Gone{Binding: "none"})
			if diff := cmp.Diff(want.outline(), got.outline()); diff != "" {
				t.Fatalf("%s (-backwards +forwards):\n%s\n%s\n%s", key, diff, want.text(), got.text())
			}
		}
	})
}

// What would be without a token, a way out or a binding is what is in a cluster that lacks it.
func TestWithoutIsWhatAClusterWithoutItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.nameAll()
		s := w.graph().Solve()
		gone := Gone{Token: rapid.Bool().Draw(t, "token"), Node: rapid.Bool().Draw(t, "node"), Binding: rapid.SampledFrom([]string{"", "B1", "B2"}).Draw(t, "binding")}
		for _, key := range s.Workloads() {
			want, _ := w.without(key, gone).graph().Solve().Answers(key)
			got, _ := s.Without(key, gone)
			if diff := cmp.Diff(want.outline(), got.outline()); diff != "" {
				t.Fatalf("%s without %+v (-cluster without it +Without):\n%s\n%s\n%s", key, gone, diff, want.text(), got.text())
			}
		}
	})
}

// nameAll makes known by themselves the namespaces and Secrets that only effects may speak of: a binding that is gone takes
// its names along.
func (w *world) nameAll() {
	for _, namespace := range []string{"bank", "shop", "kube"} {
		w.workloads[deployment(namespace, "z")] = Workload{[]Group{{NodeSecrets: []string{
			"a", "b", "p", "p-deployment-0-0", "q", "q-daemonset-0-1", "s", "t", "x",
		}}}}
	}
}

// without is a world that lacks something.
func (w *world) without(key Key, gone Gone) *world {
	rest := newWorld()
	maps.Copy(rest.workloads, w.workloads)
	maps.Copy(rest.nodes, w.nodes)
	maps.Copy(rest.accounts, w.accounts)
	maps.Copy(rest.secrets, w.secrets)
	own := Workload{slices.Clone(w.workloads[key].Groups)}
	for i := range own.Groups {
		own.Groups[i].HoldsToken = own.Groups[i].HoldsToken && !gone.Token
		if gone.Node {
			own.Groups[i].Root, own.Groups[i].Read = nil, nil
		}
	}
	rest.workloads[key] = own
	needs := func(e Effect) bool { return gone.Binding != "" && slices.Contains(e.Needs, gone.Binding) }
	for id, effects := range rest.accounts {
		rest.accounts[id] = slices.DeleteFunc(slices.Clone(effects), needs)
	}
	for of, n := range rest.nodes {
		rest.nodes[of] = Node{n.ControlPlane, slices.DeleteFunc(slices.Clone(n.Kubelet), needs)}
	}
	return rest
}

// outline is what answers say but for which of several equal ways they show.
func (a *Answers) outline() []string {
	var lines []string
	all := a.all()
	for _, question := range slices.Sorted(maps.Keys(all)) {
		answer := all[question]
		lines = append(lines, strings.Join([]string{
			question, string(answer.Verdict), string(answer.Scope), strings.Join(answer.Namespaces, ","),
			strings.Repeat("-", len(answer.Path)), strings.Repeat("=", len(answer.Widest)), strings.Repeat("?", conditionsOn(answer.Path)),
		}, " "))
	}
	return append(lines, (&Answers{Workload: a.Workload, Certain: a.Certain, Possible: a.Possible, OwnNodes: a.OwnNodes, Note: a.Note}).text())
}

func conditionsOn(p Path) int {
	count := 0
	for i := range p {
		if p[i].Condition != "" {
			count++
		}
	}
	return count
}

// More facts never make an answer or a count smaller.
func TestMoreFactsNeverMakeAnAnswerSmaller(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.graph().Solve()
		what := w.grow(t)
		after := w.graph().Solve()
		for _, key := range before.Workloads() {
			was, _ := before.Answers(key)
			is, _ := after.Answers(key)
			if smaller := is.smallerThan(&was); len(smaller) > 0 {
				t.Fatalf("%s: %s is smaller after %s\n%s\n%s", key, strings.Join(smaller, ", "), what, was.text(), is.text())
			}
		}
	})
}

// grow adds a fact.
func (w *world) grow(t *rapid.T) string {
	keys := slices.SortedFunc(maps.Keys(w.workloads), Key.Compare)
	kind := rapid.IntRange(0, 9).Draw(t, "what grows")
	if len(keys) == 0 {
		kind = 9
	}
	if kind > 5 {
		return w.growAround(t, kind)
	}
	key := rapid.SampledFrom(keys).Draw(t, "workload")
	grown := Workload{slices.Clone(w.workloads[key].Groups)}
	w.workloads[key] = grown
	g := &grown.Groups[rapid.IntRange(0, len(grown.Groups)-1).Draw(t, "group")]
	switch kind {
	case 0:
		g.HoldsToken = true
		return "a token"
	case 1:
		if g.Root == nil || g.Root.Condition != "" {
			g.Root = &Way{Why: "root"}
		}
		return "a way to be root on the node"
	case 2:
		if g.Read == nil {
			g.Read = drawWay(t, "read")
		}
		return "a way to read the node"
	case 3:
		g.Pods = append(slices.Clone(g.Pods), Pod{"new-" + key.Kind + key.Name, someNodes.Draw(t, "node")})
		return "a pod"
	case 4:
		g.Secrets = append(slices.Clone(g.Secrets), someSecrets.Draw(t, "more")...)
		return "a Secret"
	default:
		g.NodeSecrets = append(slices.Clone(g.NodeSecrets), someSecrets.Draw(t, "more")...)
		g.Placement = Free
		return "a Secret of the node, and freedom"
	}
}

func (w *world) growAround(t *rapid.T, kind int) string {
	switch kind {
	case 6:
		id := name{someSpaces.Draw(t, "namespace"), someNames.Draw(t, "account")}
		w.accounts[id] = append(slices.Clone(w.accounts[id]), drawEffects(t)...)
		return "rights"
	case 7:
		of := rapid.SampledFrom([]string{"a", "b", "c", "e"}).Draw(t, "node")
		old := w.nodes[of]
		n := drawNode(t)
		w.nodes[of] = Node{old.ControlPlane || n.ControlPlane, append(slices.Clone(old.Kubelet), n.Kubelet...)}
		return "a node"
	case 8:
		namespace := someSpaces.Draw(t, "namespace")
		grown := slices.Clone(w.secrets[namespace])
		for _, s := range drawSecrets(t) {
			if !slices.ContainsFunc(grown, func(old Secret) bool { return old.Name == s.Name }) {
				grown = append(grown, s)
			}
		}
		w.secrets[namespace] = grown
		return "known Secrets"
	default:
		key := drawKey(t)
		if _, ok := w.workloads[key]; !ok {
			w.workloads[key] = drawWorkload(t, key)
		}
		return "a workload"
	}
}

// smallerThan names what is less than it was.
func (a *Answers) smallerThan(was *Answers) []string {
	rank := map[finding.Verdict]int{finding.No: 0, finding.Conditional: 1, finding.Yes: 2}
	width := map[Scope]int{"": 0, ScopeObject: 1, ScopeNamespace: 2, ScopeCluster: 3}
	var smaller []string
	now := a.all()
	for question, before := range was.all() {
		after := now[question]
		switch {
		case rank[after.Verdict] > rank[before.Verdict]:
		case rank[after.Verdict] < rank[before.Verdict], width[after.Scope] < width[before.Scope],
			conditionsOn(after.Path) > conditionsOn(before.Path),
			conditionsOn(after.Path) == conditionsOn(before.Path) && len(after.Path) > len(before.Path):
			smaller = append(smaller, question)
		case after.Scope == before.Scope && !containsAll(after.Namespaces, before.Namespaces):
			smaller = append(smaller, question+" namespaces")
		}
	}
	for _, counts := range [][2]Reached{{was.Certain, a.Certain}, {was.Possible, a.Possible}} {
		before, after := counts[0], counts[1]
		if after.Pods < before.Pods || after.Nodes < before.Nodes || after.Namespaces < before.Namespaces || after.Secrets < before.Secrets {
			smaller = append(smaller, "counts")
		}
	}
	if a.OwnNodes < was.OwnNodes {
		smaller = append(smaller, "own nodes")
	}
	return smaller
}

func containsAll(list, of []string) bool {
	return !slices.ContainsFunc(of, func(s string) bool { return !slices.Contains(list, s) })
}

// Changed lists exactly the workloads of which a report would say something else.
func TestChangedListsThoseWhoseAnswersDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, g := newWorld(), New()
		s := g.Solve()
		for range 20 {
			w.event(t, g)
			next := g.Solve()
			var want []Key
			for _, key := range next.Workloads() {
				is, _ := next.Answers(key)
				was, ok := s.Answers(key)
				if !ok || is.shown() != was.shown() {
					want = append(want, key)
				}
			}
			if diff := cmp.Diff(want, next.Changed(s)); diff != "" {
				t.Fatalf("(-differ +changed):\n%s", diff)
			}
			s = next
		}
	})
}

// shown is the text of answers as a report has it: counts in buckets, and no pod named.
func (a *Answers) shown() string {
	shown := *a
	shown.Certain, shown.Possible, shown.OwnNodes = Reached{}, Reached{}, bucket(a.OwnNodes)
	for _, p := range []*Answer{
		&shown.BecomeClusterAdmin, &shown.ControlNode, &shown.HopNodes, &shown.CreatePods, &shown.ControlPods, &shown.ReadSecrets,
	} {
		p.Path, p.Widest = withoutPods(p.Path), withoutPods(p.Widest)
	}
	counts := []string{}
	for _, r := range []Reached{a.Certain, a.Possible} {
		counts = append(counts, Bucket(r.Pods), Bucket(r.Nodes), Bucket(r.Namespaces), Bucket(r.Secrets))
	}
	return shown.text() + strings.Join(counts, " ")
}

func withoutPods(p Path) Path {
	copied := slices.Clone(p)
	for i := range copied {
		copied[i].Pod = ""
	}
	return copied
}
