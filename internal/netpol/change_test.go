package netpol

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func keys(texts ...string) []Key {
	out := make([]Key, len(texts))
	for i, text := range texts {
		out[i] = keyOf(text)
	}
	return out
}

// changeWorld is large enough for no single group to matter to all: two open groups in each of three namespaces, and a
// namespace of which both groups are closed.
func changeWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, "shop/web", "shop/db", "jobs/batch", "jobs/queue", "watch/monitor", "watch/alert", "vault/store", "vault/seal")
	w.group("kube-system/proxy", Group{HostNetwork: true}).group("kube-system/agent", Group{HostNetwork: true})
	return w.policy("vault/closed", "{podSelector: {}}").policy("jobs/out", "{podSelector: {matchLabels: {app: batch}}, policyTypes: [Egress], "+
		"egress: [{to: [{namespaceSelector: {matchLabels: {team: shop}}}, {podSelector: {matchLabels: {app: queue}}}]}]}")
}

func TestAChangeNamesTheGroupsThatItTouches(t *testing.T) {
	policy := func(name, spec string) func(*world) Affected {
		return func(w *world) Affected { return w.UpsertPolicy(policyOf(w.t, name, spec)) }
	}
	group := func(key string, g Group) func(*world) Affected {
		return func(w *world) Affected { return w.SetGroup(keyOf(key), g) }
	}
	web := Group{Labels: labelsOf("app=web"), Pods: 1}
	for name, test := range map[string]struct {
		change func(*world) Affected
		want   Affected
	}{
		"a policy that selects nobody": {policy("shop/p", "{podSelector: {matchLabels: {app: none}}}"), Affected{}},
		"a policy for egress":          {policy("shop/p", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}"), Affected{Groups: keys("shop/web")}},
		"a policy that closes a group": {policy("shop/p", "{podSelector: {matchLabels: {app: web}}}"), Affected{Namespaces: []string{"shop"}, Groups: keys("shop/web"), Counts: true}},
		"a policy that lets a namespace in more": {
			policy("vault/p", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: watch}}}]}]}"),
			Affected{Groups: keys("vault/seal", "vault/store"), Counts: true},
		},
		"a policy that lets its own namespace in": {
			policy("vault/p", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"),
			Affected{Namespaces: []string{"vault"}, Groups: keys("vault/seal", "vault/store"), Counts: true},
		},
		"the same policy again":      {policy("vault/closed", "{podSelector: {}}"), Affected{}},
		"a policy goes that is none": {func(w *world) Affected { return w.DeletePolicy("shop", "none") }, Affected{}},
		"a policy goes":              {func(w *world) Affected { return w.DeletePolicy("jobs", "out") }, Affected{Groups: keys("jobs/batch")}},
		"a group more beside others": {
			group("watch/more", Group{Pods: 1}), Affected{Groups: keys("watch/more"), Counts: true},
		},
		"a group more that a policy names": {
			group("jobs/queue2", Group{Labels: labelsOf("app=queue"), Pods: 1}), Affected{Groups: keys("jobs/batch", "jobs/queue2"), Counts: true},
		},
		"a group more where all are closed": {
			group("vault/more", Group{Pods: 1}), Affected{Groups: keys("vault/more"), Counts: true},
		},
		"a pod more":                {group("watch/alert", Group{Labels: labelsOf("app=alert"), Pods: 2}), Affected{Groups: keys("watch/alert"), Counts: true}},
		"the same group again":      {group("shop/web", web), Affected{}},
		"a group goes that is none": {func(w *world) Affected { return w.DeleteGroup(keyOf("shop/none")) }, Affected{}},
		"a label of a namespace that no policy asks for": {
			func(w *world) Affected { return w.UpsertNamespace(namespaceOf("watch", "stage=prod")) }, Affected{},
		},
		"a label of a namespace that a policy asks for": {
			func(w *world) Affected { return w.UpsertNamespace(namespaceOf("shop", "team=shop")) }, Affected{Groups: keys("jobs/batch")},
		},
		"a new namespace that no policy asks for": {
			func(w *world) Affected { return w.UpsertNamespace(namespaceOf("new", "")) }, Affected{},
		},
		"a namespace goes that is none": {func(w *world) Affected { return w.DeleteNamespace("none") }, Affected{}},
		"a policy of another kind for a namespace": {
			func(w *world) Affected {
				return w.UpsertOther(OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "watch", "x"})
			},
			Affected{Namespaces: []string{"watch"}, Counts: true},
		},
		"a policy of another kind for the cluster": {
			func(w *world) Affected {
				return w.UpsertOther(OtherPolicy{"policy.networking.k8s.io", "AdminNetworkPolicy", "", "x"})
			},
			Affected{Everywhere: true},
		},
		"a policy of another kind goes that is none": {
			func(w *world) Affected {
				return w.DeleteOther(OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "none", "x"})
			}, Affected{},
		},
		"ranges that no block is about": {
			func(w *world) Affected { return w.SetRanges(Ranges{Pods: prefixes("10.0.0.0/8")}) }, Affected{},
		},
		"ranges that a block lies in": {
			func(w *world) Affected {
				w.policy("watch/blocks", "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}")
				return w.SetRanges(Ranges{NodePods: prefixes("203.0.112.0/23")})
			},
			Affected{Everywhere: true},
		},
		"ranges that a block lies in as before": {
			func(w *world) Affected {
				w.policy("watch/blocks", "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}")
				return w.SetRanges(Ranges{NodePods: prefixes("10.1.0.0/16"), Nodes: prefixes("10.2.0.7/32")})
			},
			Affected{},
		},
		"the same ranges again": {func(w *world) Affected { return w.SetRanges(Ranges{}) }, Affected{}},
		"a Service": {
			func(w *world) Affected {
				return w.UpsertService(&corev1.Service{ObjectMeta: meta("shop/web"), Spec: corev1.ServiceSpec{Selector: labelsOf("app=web")}})
			},
			Affected{Groups: keys("shop/web")},
		},
		"a route to a Service that is not there": {
			func(w *world) Affected {
				return w.UpsertRoute(Route{"HTTPRoute", "shop", "r", []Backend{{Service: "web"}}})
			}, Affected{},
		},
		"a Service goes that is none": {func(w *world) Affected { return w.DeleteService("none", "none") }, Affected{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.change(changeWorld(t))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRoutesNameTheGroupsBehindTheirServices(t *testing.T) {
	w := changeWorld(t)
	w.service("shop/web", "{selector: {app: web}, ports: [{port: 80}]}")
	route := Route{"HTTPRoute", "shop", "r", []Backend{{Service: "web"}}}
	for _, step := range []struct {
		name   string
		change func() Affected
		want   Affected
	}{
		{"it comes", func() Affected { return w.UpsertRoute(route) }, Affected{Groups: keys("shop/web")}},
		{"it comes again", func() Affected { return w.UpsertRoute(route) }, Affected{}},
		{"its Service stays the same", func() Affected {
			return w.UpsertService(&corev1.Service{ObjectMeta: meta("shop/web"), Spec: corev1.ServiceSpec{
				Selector: labelsOf("app=web"), Ports: []corev1.ServicePort{{Port: 80, NodePort: 30080}},
			}})
		}, Affected{}},
		{"its Service goes", func() Affected { return w.DeleteService("shop", "web") }, Affected{Groups: keys("shop/web")}},
		{"it goes", func() Affected { return w.DeleteRoute("HTTPRoute", "shop", "r") }, Affected{}},
	} {
		if diff := cmp.Diff(step.want, step.change()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", step.name, diff)
		}
	}
}

func TestAffectedTellsWhetherAGroupIsAmongThem(t *testing.T) {
	a := Affected{Namespaces: []string{"jobs", "shop"}, Groups: keys("vault/seal", "watch/alert")}
	for key, want := range map[string]bool{"shop/web": true, "vault/seal": true, "vault/store": false, "watch/alert": true, "kube/x": false} {
		if a.Includes(keyOf(key)) != want {
			t.Errorf("%s: %v", key, !want)
		}
	}
	if all := (Affected{Everywhere: true}); !all.Includes(keyOf("kube/x")) {
		t.Error("everywhere leaves something out")
	}
}

func TestTheIndexMayBeAskedWhileItChanges(t *testing.T) {
	w := changeWorld(t)
	spec := policyOf(t, "shop/p", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]}")
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for j := range 200 {
				key := Key{"shop", fmt.Sprintf("g%d", i)}
				w.SetGroup(key, Group{Pods: j % 3})
				w.Egress(key, 3)
				w.Exposure(keyOf("shop/web"))
				w.UpsertPolicy(spec)
				w.UpsertNamespace(namespaceOf("watch", fmt.Sprintf("team=t%d", j%2)))
				w.Ingress(keyOf("shop/db"))
				w.DeletePolicy("shop", "p")
			}
		})
	}
	wait.Wait()
}
