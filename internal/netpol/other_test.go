package netpol

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
)

func TestPoliciesOfOtherKindsMakeAnswersConditional(t *testing.T) {
	guard := OtherPolicy{"policy.networking.k8s.io", "AdminNetworkPolicy", "", "guard"}
	cilium := OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "shop", "allow"}
	const (
		byGuard  = "AdminNetworkPolicy.policy.networking.k8s.io guard is not evaluated."
		byCilium = "CiliumNetworkPolicy.cilium.io shop/allow is not evaluated."
		silent   = "shop/p: {podSelector: {}, policyTypes: [Ingress, Egress]}"
	)
	for name, test := range map[string]struct {
		others   []OtherPolicy
		policies []string
		source   string
		want     []string // own namespace, other namespaces, outside, ingress from other namespaces, exposure
	}{
		"of the cluster, where everything is open": {
			[]OtherPolicy{guard},
			nil, "shop/web",
			[]string{
				"Conditional perhaps 2 groups 2 pods 1 namespaces: " + byGuard, "Conditional perhaps 3 groups 3 pods 3 namespaces: " + byGuard,
				"Conditional all ports: " + byGuard, "Conditional all ports: " + byGuard, "Cluster, certain None: " + byGuard,
			},
		},
		"of the cluster, where everything is closed": {
			[]OtherPolicy{guard},
			[]string{silent},
			"shop/web",
			[]string{
				"Conditional: " + byGuard, "Conditional: " + byGuard, "Conditional: " + byGuard, "Conditional: " + byGuard, "Cluster, certain None: " + byGuard,
			},
		},
		"of the namespace of the source": {
			[]OtherPolicy{cilium},
			[]string{silent},
			"shop/web",
			[]string{
				"Conditional: " + byCilium, "Conditional: " + byCilium, "Conditional: " + byCilium, "Conditional: " + byCilium, "Cluster, certain None: " + byCilium,
			},
		},
		"of another namespace, where others are reached": {
			[]OtherPolicy{cilium},
			nil, "jobs/batch",
			[]string{
				"No", "Yes 2 groups 2 pods 2 namespaces perhaps 3 groups 3 pods 1 namespaces", "Yes all ports", "Yes all ports", "Cluster, certain Cluster",
			},
		},
		"of the one namespace that is reached": {
			[]OtherPolicy{cilium},
			[]string{"jobs/p: {podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: {team: shop}}}]}]}"},
			"jobs/batch",
			[]string{"No", "Conditional perhaps 4 groups 4 pods 2 namespaces: " + byCilium, "No", "No", "None, certain None"},
		},
		"of a namespace that is closed": {
			[]OtherPolicy{cilium},
			[]string{
				silent, "watch/p: {podSelector: {}}", "unseen/p: {podSelector: {}}",
			},
			"jobs/batch",
			[]string{"No", "Conditional: " + byCilium, "Yes all ports", "Yes all ports", "Cluster, certain Cluster"},
		},
		"of a namespace that the source is not let out to": {
			[]OtherPolicy{cilium},
			[]string{"jobs/p: {podSelector: {}, policyTypes: [Egress]}"},
			"jobs/batch",
			[]string{"No", "No", "No", "Yes all ports", "Cluster, certain Cluster"},
		},
		"several": {
			[]OtherPolicy{cilium, guard},
			nil, "shop/web",
			[]string{
				"Conditional perhaps 2 groups 2 pods 1 namespaces: " + strings.TrimSuffix(byGuard, " is not evaluated.") +
					" and 1 more policies of other kinds are not evaluated.",
			},
		},
		"one that Calico mirrors": {
			[]OtherPolicy{{"projectcalico.org", "NetworkPolicy", "shop", "knp.default.p"}},
			nil, "shop/web",
			[]string{"Yes 2 groups 2 pods 1 namespaces", "Yes 3 groups 3 pods 3 namespaces", "Yes all ports", "Yes all ports", "Cluster, certain Cluster"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := connectWorld(t).policies(test.policies)
			for _, o := range test.others {
				w.UpsertOther(o)
			}
			key := keyOf(test.source)
			out, _ := w.Egress(key, 0)
			in, _ := w.Ingress(key)
			e, _ := w.Exposure(key)
			got := []string{tallied(out.OwnNamespace), tallied(out.OtherNamespaces), said(out.Outside.Any.Access), said(in.OtherNamespaces.Access), exposed(e)[0]}
			got[4], _, _ = strings.Cut(got[4], " by ")
			if diff := cmp.Diff(test.want, got[:len(test.want)]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var concerning []OtherPolicy
			for _, o := range test.others {
				if !o.evaluated() && (o.Namespace == "" || o.Namespace == key.Namespace) {
					concerning = append(concerning, o)
				}
			}
			slices.SortFunc(concerning, OtherPolicy.Compare)
			if diff := cmp.Diff(concerning, out.Unevaluated) + cmp.Diff(concerning, in.Unevaluated); diff != "" {
				t.Errorf("concerning -want +got:\n%s", diff)
			}
			for _, o := range test.others {
				w.DeleteOther(o)
				w.DeleteOther(o)
			}
			if after, _ := w.Egress(key, 0); after.Unevaluated != nil || len(w.others)+len(w.guarded) > 0 {
				t.Errorf("left behind: %v", after.Unevaluated)
			}
		})
	}
}

func TestOneConnectionUnderPoliciesOfOtherKinds(t *testing.T) {
	w := connectWorld(t).policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}")
	w.UpsertOther(OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "shop", "allow"})
	for pair, want := range map[[2]string]finding.Verdict{
		{"jobs/batch", "shop/db"}: finding.Conditional, {"shop/db", "jobs/batch"}: finding.Conditional, {"jobs/batch", "watch/monitor"}: finding.Yes,
	} {
		if got := w.connect(pair[0], pair[1]); got.Verdict != want {
			t.Errorf("%v: %s", pair, said(got.Access))
		}
	}
}

func TestTheKindsThatAreNotEvaluatedAreInOrder(t *testing.T) {
	kinds := PolicyKinds()
	ordered := slices.IsSortedFunc(kinds, func(a, b PolicyKind) int {
		return strings.Compare(a.Group+" "+a.Resource, b.Group+" "+b.Resource)
	})
	if !ordered || len(kinds) != 9 {
		t.Errorf("got %+v", kinds)
	}
}

func TestAPolicyThatTheAPIServerWouldRefuseIsAProblem(t *testing.T) {
	for name, test := range map[string]struct{ spec, want string }{
		"a selector without values": {
			"{podSelector: {matchExpressions: [{key: a, operator: In}]}}",
			`spec.podSelector: values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty`,
		},
		"a type that is none": {"{podSelector: {}, policyTypes: [Both]}", `spec.policyTypes[0]: "Both" is none`},
		"a protocol that is none": {
			"{podSelector: {}, ingress: [{ports: [{port: 80}, {protocol: ICMP}]}]}", `spec.ingress[0].ports[1].protocol: "ICMP" is none of [TCP UDP SCTP]`,
		},
		"a port that is none": {"{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}", "spec.ingress[0].ports[0].port: 70000 to 70000 are not ports"},
		"a range backwards": {
			"{podSelector: {}, egress: [{}, {ports: [{port: 80, endPort: 79}]}]}", "spec.egress[1].ports[0].port: 80 to 79 are not ports",
		},
		"a range from a name": {
			"{podSelector: {}, egress: [{ports: [{port: http, endPort: 80}]}]}", "spec.egress[0].ports[0].endPort: 80 needs a port that is a number",
		},
		"a range from nothing": {
			"{podSelector: {}, egress: [{ports: [{endPort: 80}]}]}", "spec.egress[0].ports[0].endPort: 80 needs a port that is a number",
		},
		"a peer that names nobody": {"{podSelector: {}, egress: [{to: [{}]}]}", "spec.egress[0].to[0]: no peer is named"},
		"a block beside a selector": {
			"{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}", "spec.ingress[0].from[0]: an ipBlock stands alone",
		},
		"a CIDR that is none": {
			"{podSelector: {}, ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0}}]}]}",
			`spec.ingress[0].from[1].ipBlock.cidr: "10.0.0.0" is not a CIDR`,
		},
		"an exception that is none": {
			"{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/16, x]}}]}]}",
			`spec.ingress[0].from[0].ipBlock.except[1]: "x" is not a CIDR`,
		},
		"a peer's selector that is none": {
			"{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: Is}]}}]}]}",
			`spec.ingress[0].from[0].podSelector: "Is" is not a valid label selector operator`,
		},
		"a selector of namespaces that is none": {
			"{podSelector: {}, policyTypes: [Ingress], egress: [{to: [{namespaceSelector: {matchExpressions: [{key: a, operator: Is}]}}]}]}",
			`spec.egress[0].to[0].namespaceSelector: "Is" is not a valid label selector operator`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "shop/web", "shop/db").policy("shop/p", "{podSelector: {}}").policy("shop/p", test.spec)
			if diff := cmp.Diff([]Problem{{PolicyRef{"shop", "p"}, test.want}}, w.Problems()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			const unread = "NetworkPolicy.networking.k8s.io shop/p is not evaluated."
			if got := said(w.connect("shop/web", "shop/db").Access); got != "Conditional all ports: "+unread {
				t.Error(got)
			}
			if a := w.UpsertPolicy(policyOf(t, "shop/p", test.spec)); !cmp.Equal(a, Affected{}) {
				t.Errorf("the same once more affects %+v", a)
			}
			w.policy("shop/p", "{podSelector: {}}")
			if got := said(w.connect("shop/web", "shop/db").Access); got != "No" || len(w.Problems()) > 0 {
				t.Error(got, w.Problems())
			}
			w.policy("shop/p", test.spec).DeletePolicy("shop", "p")
			if got := said(w.connect("shop/web", "shop/db").Access); got != "Yes all ports" || len(w.Problems()) > 0 {
				t.Error(got, w.Problems())
			}
		})
	}
}
