package netpol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const byName = "Which port a name stands for is up to the pod that is connected to."

func TestWhatPoliciesLetOutDoesNotDependOnWhoIsThere(t *testing.T) {
	const begin, end = "{podSelector: {}, policyTypes: [Egress], egress: [", "]}"
	for name, test := range map[string]struct{ rules, own, elsewhere string }{
		"no rule":              {"", "No", "No"},
		"a rule to everybody":  {"{ports: [{port: 80}]}", "Yes TCP 80 by shop/p", "Yes TCP 80 by shop/p"},
		"pods of its own":      {"{to: [{podSelector: {matchLabels: {app: none}}}]}", "Yes all ports by shop/p", "No"},
		"every namespace":      {"{to: [{namespaceSelector: {}}]}", "Yes all ports by shop/p", "Yes all ports by shop/p"},
		"a namespace there is": {"{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: jobs}}}]}", "No", "Yes all ports by shop/p"},
		"a namespace there is not": {
			"{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: none}}}]}", "No", "No",
		},
		"addresses that may be pods": {
			"{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}", "Conditional TCP 80: " + byIP + " by shop/p", "Conditional TCP 80: " + byIP + " by shop/p",
		},
		"a port by name": {
			"{to: [{podSelector: {}}], ports: [{port: http, protocol: UDP}]}", "Conditional UDP any: " + byName + " by shop/p", "No",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "shop/web", "jobs/batch").policy("shop/p", begin+test.rules+end)
			answer := w.egress("shop/web")
			want := []string{test.own, test.elsewhere}
			if diff := cmp.Diff(want, []string{gated(answer.ToOwnNamespace), gated(answer.ToOtherNamespaces)}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Manifests show a part of a cluster. That it has other namespaces is certain, what labels they have is not.
func TestAPartialClusterMayHaveOtherNamespaces(t *testing.T) {
	for name, test := range map[string]struct{ selector, whole, partial string }{
		"the empty selector":             {"{}", "Cluster, certain Cluster by shop/p", "Cluster, certain Cluster by shop/p"},
		"a selector of its own labels":   {"{matchLabels: {team: shop}}", "Namespace, certain Namespace by shop/p", "Cluster, certain Namespace: " + byLabels + " by shop/p"},
		"a selector that nothing is for": {"{matchLabels: {team: ops}}", "None, certain None", "Cluster, certain None: " + byLabels + " by shop/p"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, x := range []*Index{New(), NewPartial()} {
				w := (&world{t, x}).group("shop/web", Group{})
				w.UpsertNamespace(namespaceOf("shop", "team=shop"))
				w.policy("shop/p", "{podSelector: {}, ingress: [{from: [{namespaceSelector: "+test.selector+"}]}]}")
				want := test.whole
				if x.partial {
					want = test.partial
				}
				e, _ := w.Exposure(keyOf("shop/web"))
				if got := exposed(e)[0]; got != want {
					t.Errorf("partial %v: got %s, want %s", x.partial, got, want)
				}
			}
		})
	}
}
