package assess

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/rbac"
)

func policyRule(verbs, group, resources string, names ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{
		Verbs: strings.Split(verbs, ","), APIGroups: []string{group}, Resources: strings.Split(resources, ","), ResourceNames: names,
	}
}

// What rbac finds goes into the graph by value, and the graph draws from it what it should. Where a right gives the identities
// of the namespace, boss is among them, which reads all Secrets: the shortest way leads to those of the namespace, the widest
// to all.
func TestRightsAsRBACResolvesThem(t *testing.T) {
	start := attackgraph.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "web"}
	for _, test := range []struct {
		name      string
		namespace string // of the binding
		level     rbac.PodSecurityLevel
		rules     []rbacv1.PolicyRule
		want      map[string]string
	}{
		{
			"every right in a namespace that admits anything", "shop", rbac.PodSecurityPrivileged,
			[]rbacv1.PolicyRule{policyRule("*", "*", "*")},
			map[string]string{
				"ControlNode": "Yes HoldToken>PlacePrivilegedPod", "CreatePods": "Yes Namespace HoldToken>CreatePods",
				"ReadSecrets": "Yes Cluster HoldToken>ReadSecrets", "HopNodes": "Yes HoldToken>PlacePrivilegedPod",
				"ControlPods": "Yes Namespace HoldToken>Impersonate",
			},
		},
		{
			"the right to make Deployments in a restricted namespace", "shop", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("create", "apps", "deployments")},
			map[string]string{
				"CreatePods": "Yes Namespace HoldToken>CreatePods", "ControlPods": "Yes Namespace HoldToken>CreatePods",
				"ReadSecrets": "Yes Cluster HoldToken>CreatePods>UseInNewPod",
			},
		},
		{
			"the same in a namespace whose level is not known", "shop", rbac.PodSecurityUnknown,
			[]rbacv1.PolicyRule{policyRule("create", "apps", "deployments")},
			map[string]string{
				"CreatePods": "Yes Namespace HoldToken>CreatePods", "ControlPods": "Yes Namespace HoldToken>CreatePods",
				"ReadSecrets": "Yes Cluster HoldToken>CreatePods>UseInNewPod", "ControlNode": "Conditional HoldToken>PlacePrivilegedPod",
				"HopNodes": "Conditional HoldToken>PlacePrivilegedPod",
			},
		},
		{
			"the kubelet API", "", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("get", "", "nodes/proxy")},
			map[string]string{
				"ControlPods": "Yes Cluster HoldToken>ProxyToNodes", "ReadSecrets": "Yes Object HoldToken>ProxyToNodes>PodInScope>MountSecret",
				"ControlNode": "Yes HoldToken>ProxyToNodes>PodInScope>TakeNode", "HopNodes": "Yes HoldToken>ProxyToNodes>PodInScope>TakeNode",
				"CreatePods": "Yes Object HoldToken>ProxyToNodes>PodInScope>TakeNode>StaticPod",
			},
		},
		{
			"one Secret by name", "shop", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("get", "", "secrets", "db")},
			map[string]string{"ReadSecrets": "Yes Object HoldToken>ReadSecrets"},
		},
		{
			"all Secrets of a namespace", "shop", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("list", "", "secrets")},
			map[string]string{"ReadSecrets": "Yes Namespace HoldToken>ReadSecrets"},
		},
		{
			"tokens of a ServiceAccount by name", "shop", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("create", "", "serviceaccounts/token", "boss")},
			map[string]string{"ReadSecrets": "Yes Cluster HoldToken>RequestToken>ReadSecrets"},
		},
		{
			"exec into a pod by name", "shop", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("create", "", "pods/exec", "agent-1")},
			map[string]string{
				"ControlPods": "Yes Object HoldToken>ExecIntoPods", "ControlNode": "Yes HoldToken>ExecIntoPods>TakeNode",
				"HopNodes": "Yes HoldToken>ExecIntoPods>TakeNode", "CreatePods": "Yes Object HoldToken>ExecIntoPods>TakeNode>StaticPod",
				"ReadSecrets": "Yes Object HoldToken>ExecIntoPods>MountSecret",
			},
		},
		{
			"labels and the status of nodes, with no node of its own", "", rbac.PodSecurityRestricted,
			[]rbacv1.PolicyRule{policyRule("patch", "", "nodes,nodes/status"), policyRule("delete", "", "pods")},
			nil,
		},
		{"what leads nowhere", "shop", rbac.PodSecurityRestricted, []rbacv1.PolicyRule{policyRule("get,list", "", "pods,configmaps")}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			index := rbac.New()
			bindRules(index, test.namespace, "app", test.rules...)
			bindRules(index, "", "boss", policyRule("get", "", "secrets"))
			env := &rbac.Environment{
				PodSecurity: func(string) rbac.PodSecurityLevel { return test.level }, HasClusterAdmin: func(string) bool { return false },
			}
			g := attackgraph.New()
			for _, account := range []string{"app", "boss"} {
				rights := index.Resolve(rbac.ServiceAccount("shop", account))
				g.SetServiceAccount("shop", account, effectsFor(&rights, env))
			}
			g.SetWorkload(start, attackgraph.Workload{Groups: []attackgraph.Group{{
				ServiceAccount: "app", HoldsToken: true, Pods: []attackgraph.Pod{{Name: "web-1", Node: "a"}},
			}}})
			g.SetWorkload(attackgraph.Key{Group: "apps", Kind: "DaemonSet", Namespace: "shop", Name: "agent"}, attackgraph.Workload{Groups: []attackgraph.Group{{
				ServiceAccount: "agent", Root: &attackgraph.Way{Why: "privileged"}, Secrets: []string{"agent"}, Pods: []attackgraph.Pod{{Name: "agent-1", Node: "b"}},
			}}})
			s := g.Solve()
			a, _ := s.Answers(start)
			if diff := cmp.Diff(test.want, shown(&a)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			binding := rbac.BindingRef{Namespace: test.namespace, Name: "app"}.String()
			a, _ = s.Without(start, attackgraph.Gone{Binding: binding})
			if left := shown(&a); len(left) > 0 {
				t.Errorf("without %s there is left %v", binding, left)
			}
		})
	}
}

// bindRules gives rules to a ServiceAccount of shop, through a RoleBinding or in the whole cluster.
func bindRules(index *rbac.Index, namespace, account string, rules ...rbacv1.PolicyRule) {
	meta := metav1.ObjectMeta{Namespace: namespace, Name: account}
	ref := rbacv1.RoleRef{Kind: "ClusterRole", Name: account}
	subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: account}}
	index.UpsertClusterRole(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: account}, Rules: rules})
	if namespace == "" {
		index.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: subjects})
	} else {
		index.UpsertRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: subjects})
	}
}

// shown are the answers that are not No, with the edges of their paths.
func shown(a *attackgraph.Answers) map[string]string {
	var lines map[string]string
	for question, answer := range map[string]*attackgraph.Answer{
		"BecomeClusterAdmin": &a.BecomeClusterAdmin, "ControlNode": &a.ControlNode, "HopNodes": &a.HopNodes,
		"CreatePods": &a.CreatePods, "ControlPods": &a.ControlPods, "ReadSecrets": &a.ReadSecrets,
	} {
		if answer.Verdict == finding.No {
			continue
		}
		var edges []string
		for i := range answer.Path {
			edges = append(edges, string(answer.Path[i].Edge))
		}
		if lines == nil {
			lines = make(map[string]string)
		}
		line := string(answer.Verdict) + " " + string(answer.Scope) + " " + strings.Join(edges, ">")
		lines[question] = strings.Join(strings.Fields(line), " ")
	}
	return lines
}
