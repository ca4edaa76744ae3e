package netpol

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// Whatever a policy, a Service and an Ingress say: they are understood or refused as a problem, are read twice the same way, never
// open what is closed without them, and leave nothing behind.
func FuzzObjects(f *testing.F) {
	for _, seed := range []string{
		`{podSelector: {}, policyTypes: [Ingress, Egress]}`,
		`{podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80, endPort: 90}]}]}`,
		`{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: "::/0"}}], ports: [{protocol: SCTP, port: http}]}]}`,
		`{podSelector: {}, egress: [{to: [{ipBlock: {cidr: "0.0.0.0/33", except: ["::"]}}], ports: [{port: -1}, {port: 70000, endPort: 1}, {port: "\e[2J"}]}]}`,
		`{podSelector: {matchLabels: {"\e]0;x": "\u202e"}, matchExpressions: [{key: "", operator: Near, values: [a]}]}, policyTypes: [Sideways]}`,
		`{selector: {app: web}, type: LoadBalancer, externalIPs: [x], ports: [{port: 80, targetPort: http}]}`,
		`{defaultBackend: {service: {name: web, port: {name: http}}}, rules: [{host: "*", http: {paths: [{path: /, backend: {service: {name: web}}}]}}]}`,
	} {
		f.Add([]byte(seed), "p")
	}
	f.Fuzz(func(t *testing.T, spec []byte, name string) {
		policy := &networkingv1.NetworkPolicy{ObjectMeta: meta("shop/p")}
		service := &corev1.Service{ObjectMeta: meta("shop/s")}
		ingress := &networkingv1.Ingress{ObjectMeta: meta("shop/i")}
		if yaml.Unmarshal(spec, &policy.Spec) != nil && yaml.Unmarshal(spec, &service.Spec) != nil && yaml.Unmarshal(spec, &ingress.Spec) != nil {
			return
		}
		policy.Name, service.Name, ingress.Name = name, name, name
		fill := func(x *Index) {
			x.UpsertPolicy(policy.DeepCopy())
			x.UpsertService(service.DeepCopy())
			x.UpsertIngress(ingress.DeepCopy())
		}
		bare, x, again := smallWorld(t), smallWorld(t), smallWorld(t)
		before := sizes(x.Index)
		fill(x.Index)
		fill(again.Index)
		for _, key := range []Key{{"shop", "web"}, {"shop", "db"}, {"other", "web"}} {
			got := x.answers(key)
			if diff := cmp.Diff(again.answers(key), got); diff != "" {
				t.Errorf("two readings differ:\n%s", diff)
			}
			x.EgressTo(key, netip.MustParseAddr("10.1.2.3"))
			x.IngressFrom(key, netip.MustParseAddr("2001:db8::1"))
			for _, to := range []Key{{"shop", "web"}, {"shop", "db"}} {
				connection, _ := x.Connect(key, to, AllPorts())
				without, _ := bare.Connect(key, to, AllPorts())
				if without.Verdict == "No" && connection.Verdict == "Yes" {
					t.Errorf("%s to %s is open by what was added", key, to)
				}
			}
		}
		x.Problems()
		x.DeletePolicy(policy.Namespace, policy.Name)
		x.DeleteService(service.Namespace, service.Name)
		x.DeleteIngress(ingress.Namespace, ingress.Name)
		if diff := cmp.Diff(before, sizes(x.Index)); diff != "" {
			t.Errorf("left behind (-before +after):\n%s", diff)
		}
	})
}

// smallWorld has pods in two namespaces and a policy that closes one group.
func smallWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, "shop/web", "shop/db", "other/web").policy("shop/closed", `{podSelector: {matchLabels: {app: db}}}`)
}
