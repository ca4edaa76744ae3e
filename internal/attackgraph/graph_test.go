package attackgraph

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestBucketsAreThoseOfReports(t *testing.T) {
	want := map[int]string{0: "0", 1: "1", 2: "2-5", 5: "2-5", 6: "6-20", 20: "6-20", 21: "21-100", 100: "21-100", 101: ">100", 150_000: ">100"}
	for n, name := range want {
		if got := Bucket(n); got != name {
			t.Errorf("Bucket(%d) = %q, want %q", n, got, name)
		}
	}
}

func TestASnapshotKeyConverts(t *testing.T) {
	key := snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "web"}
	if got := Key(key); got != start || got.String() != key.String() || got.Compare(Key{Namespace: "shop"}) != key.Compare(snapshot.Key{Namespace: "shop"}) {
		t.Errorf("%s, want %s", got, key)
	}
}

func TestAnUnknownWorkloadHasNoAnswers(t *testing.T) {
	s := New().Solve()
	_, answers := s.Answers(start)
	_, without := s.Without(start, Gone{Token: true})
	_, picture := s.PictureOf(start, 10)
	if answers || without || picture {
		t.Errorf("answers %v, without %v, picture %v", answers, without, picture)
	}
	if changed := s.Changed(nil); len(changed) > 0 {
		t.Errorf("changed %v", changed)
	}
}

// The facts of the caller may change after they were given.
func TestTheGraphKeepsNothingOfTheCallers(t *testing.T) {
	facts := one(on("web-1@a"), token("app"), root, mounts("db"))
	effects := []Effect{may("RBACExecIntoPods", finding.PodsOfNamespace, "bank", "teller-1")}
	g := New()
	g.SetWorkload(start, facts)
	g.SetServiceAccount("shop", "app", effects)
	before := g.Solve().everything()
	facts.Groups[0].Pods[0].Node, facts.Groups[0].Secrets[0], facts.Groups[0].Root.Why = "b", "x", "x"
	effects[0].Names[0], effects[0].Needs[0] = "x", "x"
	if diff := cmp.Diff(before, g.Solve().everything()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestTheNoteSaysWherePodsMayRunBesides(t *testing.T) {
	for _, test := range []struct {
		name    string
		options []func(*Group)
		want    string
	}{
		{"free pods that stay in their pods", []func(*Group){placed(Free)}, ""},
		{"free pods that get out", []func(*Group){placed(Free), root}, noteFree},
		{"free pods that read the node", []func(*Group){placed(Free), read("")}, noteFree},
		{"pinned pods that get out", []func(*Group){placed(Pinned), root}, ""},
		{"a DaemonSet that gets out", []func(*Group){placed(EveryNode), root}, noteEveryNode},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := New()
			g.SetWorkload(start, one(append(test.options, on("web-1@a"))...))
			if got := answersOf(t, g.Solve(), start).Note; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// A privileged workload has the nodes of its pods, and does not get from one to the other by that.
func TestOneNodeForEachPodIsNoHop(t *testing.T) {
	g := New()
	g.SetWorkload(start, one(on("web-1@a", "web-2@b"), root))
	chiefOn(g, on("chief-1@c"), root)
	g.SetServiceAccount("shop", "boss", nil)
	a := answersOf(t, g.Solve(), start)
	if a.HopNodes.Verdict != finding.No || a.OwnNodes != 2 || a.Certain.Nodes != 2 {
		t.Errorf("HopNodes %s, own nodes %d, nodes %d", a.HopNodes.brief(), a.OwnNodes, a.Certain.Nodes)
	}
	g.SetWorkload(start, one(on("web-1@a", "web-2@b"), root, token("app")))
	g.SetServiceAccount("shop", "app", []Effect{may("RBACExecIntoPods", finding.PodsOfNamespace, "shop")})
	a = answersOf(t, g.Solve(), start)
	if a.HopNodes.Verdict != finding.Yes || a.Certain.Nodes != 3 {
		t.Errorf("with exec: HopNodes %s, nodes %d", a.HopNodes.brief(), a.Certain.Nodes)
	}
}

func TestWithout(t *testing.T) {
	g := New()
	web(g, []func(*Group){root},
		may("RBACExecIntoPods", finding.PodsOfNamespace, "shop").by("RoleBinding shop/exec"),
		may("RBACListSecrets", finding.SecretsOfCluster, "").by("ClusterRoleBinding lister"))
	chiefOn(g, on("chief-1@b"))
	s := g.Solve()
	for _, test := range []struct {
		name  string
		gone  Gone
		admin string
		node  string
		nodes int
	}{
		{"nothing", Gone{}, "Yes: HoldToken>ExecIntoPods>PodInScope>HoldToken>AllRights", "Yes: TakeNode", 2},
		{"the binding", Gone{Binding: "RoleBinding shop/exec"}, "Conditional: HoldToken>ReadSecrets>TokenSecret>AllRights", "Yes: TakeNode", 1},
		{"another binding", Gone{Binding: "ClusterRoleBinding lister"}, "Yes: HoldToken>ExecIntoPods>PodInScope>HoldToken>AllRights", "Yes: TakeNode", 2},
		{"the token", Gone{Token: true}, "No", "Yes: TakeNode", 1},
		{"the way out", Gone{Node: true}, "Yes: HoldToken>ExecIntoPods>PodInScope>HoldToken>AllRights", "Yes: HoldToken>ExecIntoPods>PodInScope>HoldToken>AllRights>RuleCluster", 2},
		{"both", Gone{Token: true, Node: true}, "No", "No", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, _ := s.Without(start, test.gone)
			if a.BecomeClusterAdmin.brief() != test.admin || a.ControlNode.brief() != test.node || a.Certain.Nodes != test.nodes {
				t.Errorf("admin %s, node %s, %d nodes\nwant %s, %s, %d",
					a.BecomeClusterAdmin.brief(), a.ControlNode.brief(), a.Certain.Nodes, test.admin, test.node, test.nodes)
			}
		})
	}
}

// Verbs, Solve and the methods of a Solution may be used at the same time; the race detector watches this.
func TestConcurrentUse(t *testing.T) {
	g := New()
	combined(g)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			for i := range 20 {
				key := deployment("shop", fmt.Sprintf("web-%d", n))
				g.SetWorkload(key, one(on(fmt.Sprintf("web-%d@w%d", n, 1+i%2)), token("api"), root))
				s := g.Solve()
				for _, key := range s.Changed(nil) {
					s.Answers(key)
					s.Without(key, Gone{Token: true})
				}
				s.Reaching(Vertex{Kind: KindClusterAdmin})
				g.DeleteWorkload(key)
			}
		})
	}
	group.Wait()
	want := New()
	combined(want)
	if diff := cmp.Diff(want.Solve().everything(), g.Solve().everything()); diff != "" {
		t.Errorf("(-alone +after many at once):\n%s", diff)
	}
}
