package attackgraph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
)

// combined is a cluster as there are many: a control-plane node, two workers, and in four namespaces what leads from one to
// the other.
func combined(g *Graph) {
	g.SetNode("cp", Node{ControlPlane: true})
	g.SetNode("w1", Node{})
	g.SetNode("w2", Node{})
	g.SetWorkload(Key{"", "Pod", "kube-system", "kube-apiserver-cp"}, one(on("kube-apiserver-cp@cp"), read(""), placed(Pinned)))
	g.SetWorkload(Key{"apps", "DaemonSet", "kube-system", "agent"}, one(on("agent-1@w1", "agent-2@w2"), root, token("agent"), placed(EveryNode)))
	g.SetWorkload(deployment("monitoring", "prometheus"), one(on("prometheus-1@w1"), token("prometheus")))
	g.SetServiceAccount("monitoring", "prometheus", []Effect{may("RBACProxyToNodes", finding.PodsOfCluster, "")})
	g.SetWorkload(deployment("shop", "web"), one(on("web-1@w1", "web-2@w2"), mounts("db"), pulls("registry")))
	g.SetWorkload(deployment("shop", "api"), one(on("api-1@w2"), token("api"), mounts("stripe")))
	g.SetServiceAccount("shop", "api", []Effect{may("RBACListSecrets", finding.SecretsOfNamespace, "shop")})
	g.SetSecrets("shop", []Secret{{Name: "unused"}})
	g.SetWorkload(deployment("ci", "runner"), one(on("runner-1@w1"), token("runner")))
	g.SetServiceAccount("ci", "runner", []Effect{may("RBACCreatePods", finding.PodsOfNamespace, "ci")})
	g.SetServiceAccount("ci", "deployer", []Effect{may("RBACBindClusterRolesInCluster", finding.ClusterAdmin, "")})
	g.SetWorkload(deployment("ops", "debugger"), one(on("debugger-1@w2"), token("debugger")))
	g.SetServiceAccount("ops", "debugger", []Effect{may("RBACExecIntoPods", finding.PodsOfNamespace, "shop")})
	g.SetWorkload(deployment("ops", "logger"), one(on("logger-1@w1"), read("Its user must be root.")))
	g.SetWorkload(Key{"batch", "CronJob", "ops", "backup"}, one(root))
}

// brief is an answer in a line: verdict, scope, and the edges of its paths.
func (a Answer) brief() string {
	text := string(a.Verdict)
	if a.Scope != "" {
		text += " " + string(a.Scope)
	}
	if len(a.Namespaces) > 0 {
		text += " " + strings.Join(a.Namespaces, ",")
	}
	for _, p := range []Path{a.Path, a.Widest} {
		var edges []string
		for i := range p {
			edges = append(edges, string(p[i].Edge))
		}
		if len(p) > 0 {
			text += ": " + strings.Join(edges, ">")
		}
	}
	return text
}

func TestEveryAnswerOfACombinedCluster(t *testing.T) {
	g := New()
	combined(g)
	s := g.Solve()
	got := map[string][]string{}
	for _, key := range s.Workloads() {
		a := answersOf(t, s, key)
		all := a.all()
		for _, question := range slices.Sorted(maps.Keys(all)) {
			got[key.String()] = append(got[key.String()], question+" "+all[question].brief())
		}
		got[key.String()] = append(got[key.String()], fmt.Sprint("certain ", a.Certain, " possible ", a.Possible))
	}
	if diff := cmp.Diff(combinedAnswers(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func combinedAnswers() map[string][]string {
	return map[string][]string{
		"Deployment.apps ci/runner": {
			"BecomeClusterAdmin Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
			"ControlNode Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster",
			"ControlPods Yes Cluster: HoldToken>CreatePods: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"CreatePods Yes Cluster: HoldToken>CreatePods: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"HopNodes Yes: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster",
			"ReadSecrets Yes Cluster: HoldToken>CreatePods>UseInNewPod: HoldToken>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"certain {9 3 5 4} possible {9 3 5 4}",
		},
		"DaemonSet.apps kube-system/agent": {
			"BecomeClusterAdmin Yes: TakeNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
			"ControlNode Yes: TakeNode",
			"ControlPods Yes Cluster: TakeNode: TakeNode>TokenOnNode>ProxyToNodes",
			"CreatePods Yes Cluster: TakeNode>StaticPod: TakeNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"HopNodes Yes: TakeNode>TokenOnNode>ProxyToNodes>PodInScope>TakeNode",
			"ReadSecrets Yes Cluster: TakeNode>SecretOnNode: TakeNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"certain {8 3 5 4} possible {8 3 5 4}",
		},
		"Pod kube-system/kube-apiserver-cp": {
			"BecomeClusterAdmin Yes: ReadNode>ControlPlaneNode",
			"ControlNode Yes: ReadNode>ControlPlaneNode>RuleCluster",
			"ControlPods Yes Cluster: ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"CreatePods Yes Cluster: ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"HopNodes Yes: ReadNode>ControlPlaneNode>RuleCluster",
			"ReadSecrets Yes Cluster: ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"certain {9 3 5 4} possible {9 3 5 4}",
		},
		"Deployment.apps monitoring/prometheus": {
			"BecomeClusterAdmin Yes: HoldToken>ProxyToNodes>PodInScope>ReadNode>ControlPlaneNode",
			"ControlNode Yes: HoldToken>ProxyToNodes>PodInScope>TakeNode",
			"ControlPods Yes Cluster: HoldToken>ProxyToNodes",
			"CreatePods Yes Cluster: HoldToken>ProxyToNodes>PodInScope>HoldToken>CreatePods: HoldToken>ProxyToNodes>PodInScope>ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"HopNodes Yes: HoldToken>ProxyToNodes>PodInScope>TakeNode",
			"ReadSecrets Yes Cluster: HoldToken>ProxyToNodes>PodInScope>MountSecret: HoldToken>ProxyToNodes>PodInScope>ReadNode>ControlPlaneNode>RuleCluster>OwnNamespace",
			"certain {9 3 5 4} possible {9 3 5 4}",
		},
		"CronJob.batch ops/backup": {
			"BecomeClusterAdmin No",
			"ControlNode Yes: TakeNode",
			"ControlPods No",
			"CreatePods Yes Object: TakeNode>StaticPod",
			"HopNodes No",
			"ReadSecrets No",
			"certain {0 1 0 0} possible {0 1 0 0}",
		},
		"Deployment.apps ops/debugger": {
			"BecomeClusterAdmin No",
			"ControlNode No",
			"ControlPods Yes Namespace shop: HoldToken>ExecIntoPods",
			"CreatePods No",
			"HopNodes No",
			"ReadSecrets Yes Namespace shop: HoldToken>ExecIntoPods>PodInScope>MountSecret: HoldToken>ExecIntoPods>PodInScope>HoldToken>ReadSecrets",
			"certain {3 0 1 4} possible {3 0 1 4}",
		},
		"Deployment.apps ops/logger": {
			"BecomeClusterAdmin Conditional: ReadNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole",
			"ControlNode Conditional: ReadNode>TokenOnNode>ProxyToNodes>PodInScope>TakeNode",
			"ControlPods Conditional Cluster: ReadNode>TokenOnNode>ProxyToNodes",
			"CreatePods Conditional Cluster: ReadNode>TokenOnNode>CreatePods: ReadNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"HopNodes Conditional: ReadNode>TokenOnNode>ProxyToNodes>PodInScope>TakeNode",
			"ReadSecrets Conditional Cluster: ReadNode>SecretOnNode: ReadNode>TokenOnNode>CreatePods>UseInNewPod>ServiceAccountInScope>BindRole>RuleCluster>OwnNamespace",
			"certain {0 0 0 0} possible {9 3 5 4}",
		},
		"Deployment.apps shop/api": {
			"BecomeClusterAdmin No",
			"ControlNode No",
			"ControlPods No",
			"CreatePods No",
			"HopNodes No",
			"ReadSecrets Yes Namespace shop: MountSecret: HoldToken>ReadSecrets",
			"certain {0 0 1 4} possible {0 0 1 4}",
		},
		"Deployment.apps shop/web": {
			"BecomeClusterAdmin No",
			"ControlNode No",
			"ControlPods No",
			"CreatePods No",
			"HopNodes No",
			"ReadSecrets Yes Object: MountSecret",
			"certain {0 0 1 1} possible {0 0 1 1}",
		},
	}
}
