package attackgraph

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

func TestWhoReachesATargetOfACombinedCluster(t *testing.T) {
	g := New()
	combined(g)
	s := g.Solve()
	secret := func(namespace, of string) Vertex { return Vertex{KindSecret, Key{Namespace: namespace, Name: of}} }
	for _, test := range []struct {
		name   string
		target Vertex
		want   []string
	}{
		{"cluster-admin", Vertex{Kind: KindClusterAdmin}, []string{
			"Pod kube-system/kube-apiserver-cp Yes: ReadNode>ControlPlaneNode",
			"Deployment.apps ci/runner Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
			"Deployment.apps monitoring/prometheus Yes: HoldToken>ProxyToNodes>PodInScope>ReadNode>ControlPlaneNode",
			"DaemonSet.apps kube-system/agent Yes: TakeNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
			"Deployment.apps ops/logger Conditional: ReadNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
		}},
		{"the node of a pod that takes it over", Vertex{KindNode, Key{Name: "w2"}}, []string{
			"DaemonSet.apps kube-system/agent Yes: TakeNode",
			"Pod kube-system/kube-apiserver-cp Yes: ReadNode>ControlPlaneNode>RuleCluster>NodeInCluster",
			"Deployment.apps monitoring/prometheus Yes: HoldToken>ProxyToNodes>PodInScope>TakeNode",
			"Deployment.apps ci/runner Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>NodeInCluster",
			"Deployment.apps ops/logger Conditional: ReadNode>TokenOnNode>ProxyToNodes>PodInScope>TakeNode",
		}},
		{"a Secret that pods mount", secret("shop", "db"), []string{
			"Deployment.apps shop/web Yes: MountSecret",
			"DaemonSet.apps kube-system/agent Yes: TakeNode>SecretOnNode",
			"Deployment.apps shop/api Yes: HoldToken>ReadSecrets",
			"Pod kube-system/kube-apiserver-cp Yes: ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"Deployment.apps monitoring/prometheus Yes: HoldToken>ProxyToNodes>PodInScope>MountSecret",
			"Deployment.apps ops/debugger Yes: HoldToken>ExecIntoPods>PodInScope>MountSecret",
			"Deployment.apps ci/runner Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"Deployment.apps ops/logger Conditional: ReadNode>SecretOnNode",
		}},
		{"a Secret that is not known", secret("ci", "x"), []string{
			"Deployment.apps ci/runner Yes: HoldToken>CreatePods>UseInNewPod",
			"DaemonSet.apps kube-system/agent Yes: TakeNode>TokenOnNode>CreatePods>UseInNewPod",
			"Pod kube-system/kube-apiserver-cp Yes: ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"Deployment.apps monitoring/prometheus Yes: HoldToken>ProxyToNodes>PodInScope>HoldToken>CreatePods>UseInNewPod",
			"Deployment.apps ops/logger Conditional: ReadNode>TokenOnNode>CreatePods>UseInNewPod",
		}},
		{"a node that is not known", Vertex{KindNode, Key{Name: "w3"}}, nil},
		{"what is no target", Vertex{KindWorkload, deployment("shop", "web")}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, r := range s.Reaching(test.target) {
				got = append(got, r.Workload.String()+" "+Answer{Verdict: r.Verdict, Path: r.Path}.brief())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A workload that nothing else is said of is reached through the hub of its pods.
func TestASecretOfAPodThatLeadsNowhereIsReachedThroughThePod(t *testing.T) {
	g := New()
	web(g, nil, may("RBACExecIntoPods", finding.PodsOfNamespace, "bank"))
	g.SetWorkload(deployment("bank", "teller"), one(on("teller-1@b"), mounts("pin")))
	g.SetWorkload(deployment("bank", "clerk"), one(on("clerk-1@b"), mounts("desk")))
	s := g.Solve()
	want := []string{
		holds, "ServiceAccount shop/app =ExecIntoPods=> any pod in bank | RoleBinding bank/b -> ClusterRole r rules[0]",
		"any pod in bank =PodInScope=> Deployment.apps bank/teller | its pods are in scope",
		"Deployment.apps bank/teller =MountSecret=> Secret bank/pin | a container mounts it or has it in its environment",
	}
	reachers := s.Reaching(Vertex{KindSecret, Key{Namespace: "bank", Name: "pin"}})
	if len(reachers) != 2 {
		t.Fatalf("reached by %v, want two", reachers)
	}
	if diff := cmp.Diff(want, reachers[1].Path.lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	answer := answersOf(t, s, start).ReadSecrets
	if answer.Verdict != finding.Yes || len(answer.Path) != 4 {
		t.Errorf("ReadSecrets is %s", answer.brief())
	}
}

func TestReachingIsWhatAWalkFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.graph().Solve()
		targets := []Vertex{{Kind: KindClusterAdmin}, {KindNode, Key{Name: "a"}}}
		for _, namespace := range []string{"bank", "shop"} {
			targets = append(targets, Vertex{KindSecret, Key{Namespace: namespace, Name: "s"}})
		}
		for _, target := range targets {
			got := map[Key]finding.Verdict{}
			for _, r := range s.Reaching(target) {
				got[r.Workload] = r.Verdict
				if problem := r.Path.broken(r.Workload); problem != "" || len(r.Path.Conditions()) > 0 == (r.Verdict == finding.Yes) {
					t.Fatalf("%s to %s: %s %s\n%v", r.Workload, target, r.Verdict, problem, r.Path.lines())
				}
			}
			want := map[Key]finding.Verdict{}
			for i, key := range s.Workloads() {
				o := oracle{w, s, int32(i), false}
				o.stealing = s.core.steals() && o.walk(true, nil).has(s, KindNode, KindAllNodes)
				switch {
				case o.reaches(o.walk(false, nil), target):
					want[key] = finding.Yes
				case o.reaches(o.walk(true, nil), target):
					want[key] = finding.Conditional
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-walk +reaching):\n%s", target, diff)
			}
		}
	})
}

// broken says what is wrong with a path: steps that do not follow one another, a step that the registry does not know.
func (p Path) broken(from Key) string {
	known := map[EdgeID]bool{}
	for _, e := range Registry() {
		known[e.ID] = true
	}
	at := Vertex{KindWorkload, from}
	for i := range p {
		switch s := &p[i]; {
		case s.From != at:
			return "step from " + s.From.String() + ", not " + at.String()
		case !known[s.Edge]:
			return "unknown edge " + string(s.Edge)
		case s.Why == "":
			return "step without a reason: " + string(s.Edge)
		default:
			at = s.To
		}
	}
	return ""
}

func TestEveryPathIsAChainToWhereItClaims(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t).graph().Solve()
		for _, key := range s.Workloads() {
			a, _ := s.Answers(key)
			for question, answer := range a.all() {
				for _, p := range []Path{answer.Path, answer.Widest} {
					if problem := p.broken(key); problem != "" {
						t.Fatalf("%s %s: %s\n%v", key, question, problem, p.lines())
					}
				}
				if (answer.Path == nil) != (answer.Verdict == finding.No) || (len(answer.Path.Conditions()) > 0) != (answer.Verdict == finding.Conditional) {
					t.Fatalf("%s %s: %s does not go with the path\n%v", key, question, answer.Verdict, answer.Path.lines())
				}
			}
		}
	})
}
