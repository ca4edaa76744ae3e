package netpol

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
)

// tallied is a tally in one line: "Yes 3 groups 7 pods 2 namespaces [a/b (2) TCP 80 by shop/p > any]".
func tallied(t Tally) string {
	text := string(t.Verdict)
	for _, c := range []struct {
		name string
		Counts
	}{{"", t.Reached}, {" perhaps", t.Possible}} {
		if c.Groups > 0 {
			text += fmt.Sprintf("%s %d groups %d pods %d namespaces", c.name, c.Groups, c.Pods, c.Namespaces)
		}
	}
	for _, target := range t.Targets {
		text += fmt.Sprintf(" [%s (%d) %s by %s > %s]", target.Key, target.Pods, target.Ports, names(target.Egress), names(target.Ingress))
	}
	if t.Condition != "" {
		text += ": " + t.Condition
	}
	return text
}

// names writes policies, or any where none isolates.
func names(policies []PolicyRef) string {
	if len(policies) == 0 {
		return "any"
	}
	texts := make([]string, len(policies))
	for i, p := range policies {
		texts[i] = p.Namespace + "/" + p.Name
	}
	return strings.Join(texts, "+")
}

func TestEgressCountsAndNamesWhatIsReached(t *testing.T) {
	const (
		closed  = "{podSelector: {}}"
		silent  = "{podSelector: {}, policyTypes: [Egress]}"
		onlyDNS = "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}"
	)
	for name, test := range map[string]struct {
		policies               []string
		own, elsewhere, onHost string
	}{
		"without policies everything is reached, the other pods of the same group as well": {
			nil,
			"Yes 3 groups 6 pods 1 namespaces [shop/cache (1) all ports by any > any] [shop/db (3) all ports by any > any]",
			"Yes 3 groups 3 pods 3 namespaces [jobs/batch (1) all ports by any > any] [unseen/pod (1) all ports by any > any]",
			"Yes 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]",
		},
		"what lets nobody in is left out of the counts": {
			[]string{"shop/a: " + closed, "jobs/a: " + closed},
			"No",
			"Yes 2 groups 2 pods 2 namespaces [unseen/pod (1) all ports by any > any] [watch/monitor (1) all ports by any > any]",
			"Yes 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]",
		},
		"what lets the source in is named with the policy that does": {
			[]string{"jobs/a: " + closed, "jobs/b: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}], ports: [{port: 80}]}]}"},
			"Yes 3 groups 6 pods 1 namespaces [shop/cache (1) all ports by any > any] [shop/db (3) all ports by any > any]",
			"Yes 3 groups 3 pods 3 namespaces [jobs/batch (1) TCP 80 by any > jobs/b] [unseen/pod (1) all ports by any > any]",
			"Yes 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]",
		},
		"held back it reaches nothing but perhaps its node": {
			[]string{"shop/a: " + silent},
			"No", "No",
			"Conditional perhaps 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]: " + onHost,
		},
		"a rule to everyone reaches everything on its ports": {
			[]string{"shop/a: " + onlyDNS, "jobs/a: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}"},
			"Yes 3 groups 6 pods 1 namespaces [shop/cache (1) UDP 53 by shop/a > any] [shop/db (3) UDP 53 by shop/a > any]",
			"Yes 2 groups 2 pods 2 namespaces [unseen/pod (1) UDP 53 by shop/a > any] [watch/monitor (1) UDP 53 by shop/a > any]",
			"Yes 1 groups 4 pods 1 namespaces [kube-system/agent (4) UDP 53 by shop/a > any]",
		},
		"a rule to some reaches these alone": {
			[]string{"shop/a: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {stage: prod}}}], ports: [{port: 9090}]}]}"},
			"No",
			"Yes 1 groups 1 pods 1 namespaces perhaps 1 groups 1 pods 1 namespaces " +
				"[watch/monitor (1) TCP 9090 by shop/a > any] [unseen/pod (1) TCP 9090 by shop/a > any]",
			"Conditional perhaps 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]: " + onHost,
		},
		"a port by name reaches those that declare it": {
			[]string{"shop/a: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: sql}]}]}"},
			"Yes 1 groups 3 pods 1 namespaces [shop/db (3) TCP 5432 by shop/a > any]",
			"No",
			"Conditional perhaps 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by any > any]: " + onHost,
		},
		"an ipBlock may hold the address of any pod": {
			[]string{"shop/a: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.9.0.0/16}}, {podSelector: {matchLabels: {app: db}}}]}]}"},
			"Yes 1 groups 3 pods 1 namespaces perhaps 2 groups 3 pods 1 namespaces " +
				"[shop/db (3) all ports by shop/a > any] [shop/cache (1) all ports by shop/a > any]",
			"Conditional perhaps 3 groups 3 pods 3 namespaces [jobs/batch (1) all ports by shop/a > any] " +
				"[unseen/pod (1) all ports by shop/a > any]: " + byIP,
			"Conditional perhaps 1 groups 4 pods 1 namespaces [kube-system/agent (4) all ports by shop/a > any]: " + onHost,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := connectWorld(t)
			w.SetGroup(keyOf("shop/web"), Group{Labels: labelsOf("app=web"), Pods: 3})
			db := w.groups[keyOf("shop/db")].Group
			db.Pods = 3
			w.SetGroup(keyOf("shop/db"), db)
			w.SetGroup(keyOf("kube-system/agent"), Group{Labels: labelsOf("app=agent"), Pods: 4, HostNetwork: true})
			w.SetGroup(keyOf("jobs/asleep"), Group{Labels: labelsOf("app=asleep")})
			w.policies(test.policies)
			answer, _ := w.Egress(keyOf("shop/web"), 2)
			want := []string{test.own, test.elsewhere, test.onHost}
			got := []string{tallied(answer.OwnNamespace), tallied(answer.OtherNamespaces), tallied(answer.HostNetwork)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAPodAloneReachesNobody(t *testing.T) {
	w := newWorld(t, "shop/web")
	answer := w.egress("shop/web")
	for _, tally := range []Tally{answer.OwnNamespace, answer.OtherNamespaces, answer.HostNetwork} {
		if diff := cmp.Diff(Tally{Verdict: finding.No}, tally); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	w.group("shop/web", Group{Pods: 2})
	if got, want := tallied(w.egress("shop/web").OwnNamespace), "Yes 1 groups 1 pods 1 namespaces [shop/web (1) all ports by any > any]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAWorkloadAtZeroIsAnsweredForAndReachedByNobody(t *testing.T) {
	w := newWorld(t, "shop/db")
	w.SetGroup(keyOf("shop/web"), Group{Labels: labelsOf("app=web")})
	if got := tallied(w.egress("shop/web").OwnNamespace); got != "Yes 1 groups 1 pods 1 namespaces [shop/db (1) all ports by any > any]" {
		t.Error(got)
	}
	if got := tallied(w.egress("shop/db").OwnNamespace); got != "No" {
		t.Error(got)
	}
}

func TestTheIsolationOfAGroupIsNamed(t *testing.T) {
	w := newWorld(t, "shop/web").policies([]string{
		"shop/b: {podSelector: {}, policyTypes: [Egress]}", "shop/a: {podSelector: {}, policyTypes: [Ingress, Egress]}",
		"shop/c: {podSelector: {}, policyTypes: [Ingress]}", "shop/d: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}",
	})
	in, _ := w.Ingress(keyOf("shop/web"))
	if diff := cmp.Diff([]PolicyRef{{"shop", "a"}, {"shop", "b"}}, w.egress("shop/web").Isolation); diff != "" {
		t.Errorf("egress -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]PolicyRef{{"shop", "a"}, {"shop", "c"}}, in.Isolation); diff != "" {
		t.Errorf("ingress -want +got:\n%s", diff)
	}
	if _, ok := w.Egress(keyOf("shop/none"), 1); ok {
		t.Error("a group that is not there has an answer")
	}
}
