package netpol

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
)

const byRanges = "Whether the addresses of the ipBlock lie outside of the cluster is not known."

// gated is a gate in one line: "Yes TCP 80 by shop/p".
func gated(g Gate) string {
	text := said(g.Access)
	if len(g.Policies) > 0 {
		text += " by " + names(g.Policies)
	}
	return text
}

func TestEgressOutsideIsAnsweredFromIPBlocks(t *testing.T) {
	known := Ranges{Pods: prefixes("10.1.0.0/16"), Services: prefixes("10.96.0.0/12"), Nodes: prefixes("192.168.7.0/24")}
	const begin, end = "{podSelector: {}, policyTypes: [Egress], egress: [", "]}"
	for name, test := range map[string]struct {
		ranges                         Ranges
		rules                          string
		any, everywhere, metadata, dns string
	}{
		"no rule": {Ranges{}, "", "No", "No", "No", "No"},
		"a rule to everybody": {
			Ranges{}, "{}", "Yes all ports by shop/p", "Yes all ports by shop/p", "Yes TCP 80 by shop/p", "Yes TCP 53, UDP 53 by shop/p",
		},
		"a rule to everybody on the port of DNS": {
			Ranges{}, "{ports: [{port: 53, protocol: UDP}]}", "Yes UDP 53 by shop/p", "Yes UDP 53 by shop/p", "No", "Yes UDP 53 by shop/p",
		},
		"everything but the metadata service": {
			Ranges{},
			"{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}], ports: [{port: 80}]}",
			"Yes TCP 80 by shop/p", "Yes TCP 80 by shop/p", "No", "No",
		},
		"everything but the link-local addresses": {
			Ranges{},
			"{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}}]}",
			"Yes all ports by shop/p", "Yes all ports by shop/p", "No", "Yes TCP 53, UDP 53 by shop/p",
		},
		"all of IPv6 with the metadata service in it": {
			Ranges{},
			"{to: [{ipBlock: {cidr: '::/0'}}]}",
			"Yes all ports by shop/p", "Yes all ports by shop/p", "Yes TCP 80 by shop/p", "Yes TCP 53, UDP 53 by shop/p",
		},
		"an address outside": {
			Ranges{}, "{to: [{ipBlock: {cidr: 203.0.113.5/32}}], ports: [{port: 5432}]}", "Yes TCP 5432 by shop/p", "No", "No", "No",
		},
		"a private address that may be of the cluster": {
			Ranges{}, "{to: [{ipBlock: {cidr: 10.20.0.5/32}}], ports: [{port: 5432}]}", "Conditional TCP 5432: " + byRanges + " by shop/p", "No", "No", "No",
		},
		"a private address that is not of the cluster": {
			known, "{to: [{ipBlock: {cidr: 10.20.0.5/32}}], ports: [{port: 5432}]}", "Yes TCP 5432 by shop/p", "No", "No", "No",
		},
		"an address of the cluster": {
			known, "{to: [{ipBlock: {cidr: 10.96.0.1/32}}], ports: [{port: 443}]}", "No", "No", "No", "No",
		},
		"addresses of the node's link alone": {
			Ranges{},
			"{to: [{ipBlock: {cidr: 169.254.0.0/16}}], ports: [{port: 80}, {port: 53, protocol: UDP}]}",
			"No", "No", "Yes TCP 80 by shop/p", "Yes UDP 53 by shop/p",
		},
		"a block with an address more than the cluster's": {
			known, "{to: [{ipBlock: {cidr: 10.1.0.0/15, except: [10.0.0.0/17]}}], ports: [{port: 443}]}", "Yes TCP 443 by shop/p", "No", "No", "No",
		},
		"a block that excepts all of itself": {
			Ranges{},
			"{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/25, 203.0.113.128/25]}}]}", "No", "No", "No", "No",
		},
		"a block of the addresses of nodes": {
			Ranges{Nodes: prefixes("203.0.113.0/25", "203.0.113.128/25")}, "{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}", "No", "No", "No", "Yes TCP 53, UDP 53 by shop/p",
		},
		"a block of what nodes have for their pods": {
			Ranges{NodePods: prefixes("203.0.112.0/23")}, "{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}", "No", "No", "No", "Yes TCP 53, UDP 53 by shop/p",
		},
		"pods alone": {Ranges{}, "{to: [{namespaceSelector: {}}], ports: [{port: 80}]}", "No", "No", "No", "No"},
		"pods on the port of DNS": {
			Ranges{}, "{to: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}", "No", "No", "No", "Yes UDP 53 by shop/p",
		},
		"a name server on every port": {
			Ranges{}, "{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: dns}}}]}", "No", "No", "No", "Yes TCP 53, UDP 53 by shop/p",
		},
		"a name server by the name of its port": {
			Ranges{}, "{to: [{namespaceSelector: {}}], ports: [{port: dns, protocol: UDP}]}", "No", "No", "No", "Yes UDP 53 by shop/p",
		},
		"a name means nothing outside": {Ranges{}, "{ports: [{port: https}]}", "No", "No", "No", "No"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "shop/web", "shop/db").policy("shop/p", begin+test.rules+end)
			w.group("kube-system/dns", GroupOf(labelsOf("app=dns"), specOf(t, `{containers: [{name: dns, ports: [
				{name: dns, containerPort: 53, protocol: UDP}]}]}`), 1))
			w.SetRanges(test.ranges)
			out := w.egress("shop/web").Outside
			want := []string{test.any, test.everywhere, test.metadata, test.dns}
			got := []string{gated(out.Any), gated(out.Everywhere), gated(out.Metadata), gated(out.DNS)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEgressOutsideOfPodsThatNothingHolds(t *testing.T) {
	w := newWorld(t, "shop/web").group("shop/host", Group{HostNetwork: true})
	out := w.egress("shop/web").Outside
	open := []string{"Yes all ports", "Yes all ports", "Yes TCP 80", "Yes TCP 53, UDP 53"}
	if diff := cmp.Diff(open, []string{gated(out.Any), gated(out.Everywhere), gated(out.Metadata), gated(out.DNS)}); diff != "" {
		t.Errorf("without policies -want +got:\n%s", diff)
	}
	w.policy("shop/p", "{podSelector: {}, policyTypes: [Egress]}")
	out = w.egress("shop/host").Outside
	unsure := []string{
		"Conditional all ports: " + onHost, "Conditional all ports: " + onHost, "Conditional TCP 80: " + onHost, "Conditional TCP 53, UDP 53: " + onHost,
	}
	if diff := cmp.Diff(unsure, []string{gated(out.Any), gated(out.Everywhere), gated(out.Metadata), gated(out.DNS)}); diff != "" {
		t.Errorf("on the host network -want +got:\n%s", diff)
	}
}

func TestTheBlocksThatAGroupIsLetOutToAreListed(t *testing.T) {
	w := newWorld(t, "shop/web").policies([]string{
		"shop/b: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.9/32]}}]}]}",
		`shop/a: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}], to: [{ipBlock: {cidr: 198.51.100.7/24}}, {podSelector: {}}]}]}`,
		"shop/c: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}",
	})
	want := []Block{
		{PolicyRef{"shop", "a"}, "198.51.100.0/24", PortRange("TCP", 443, 443)},
		{PolicyRef{"shop", "b"}, "203.0.113.0/24 except 203.0.113.9/32", AllPorts()},
	}
	if diff := cmp.Diff(want, w.egress("shop/web").Outside.Blocks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOneAddressIsLetOutAndIn(t *testing.T) {
	w := newWorld(t, "shop/web").policies([]string{
		"shop/a: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 5432}], to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}",
		"shop/b: {podSelector: {}, ingress: [{ports: [{port: 80}], from: [{ipBlock: {cidr: '2001:db8::/32'}}, {podSelector: {}}]}]}",
	})
	for address, want := range map[string]string{
		"10.2.3.4": "Yes TCP 5432 by shop/a", "10.1.2.3": "No", "192.0.2.1": "No", "::ffff:10.2.3.4": "Yes TCP 5432 by shop/a", "2001:db8::1": "No",
	} {
		if got, ok := w.EgressTo(keyOf("shop/web"), netip.MustParseAddr(address)); !ok || gated(got) != want {
			t.Errorf("to %s: got %s, want %s", address, gated(got), want)
		}
	}
	for address, want := range map[string]string{"2001:db8::1": "Yes TCP 80 by shop/b", "10.2.3.4": "No"} {
		if got, ok := w.IngressFrom(keyOf("shop/web"), netip.MustParseAddr(address)); !ok || gated(got) != want {
			t.Errorf("from %s: got %s, want %s", address, gated(got), want)
		}
	}
	if _, ok := w.EgressTo(keyOf("shop/none"), netip.MustParseAddr("10.2.3.4")); ok {
		t.Error("a group that is not there has an answer")
	}
}

func TestIngressSaysFromWhereConnectionsAreLetIn(t *testing.T) {
	for name, test := range map[string]struct{ rules, own, elsewhere, outside string }{
		"no rule":                         {"", "No", "No", "No"},
		"a rule for everybody":            {"{}", "Yes all ports by shop/p", "Yes all ports by shop/p", "Yes all ports by shop/p"},
		"its own namespace":               {"{from: [{podSelector: {}}], ports: [{port: 80}]}", "Yes TCP 80 by shop/p", "No", "No"},
		"another namespace":               {"{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}", "No", "Yes all ports by shop/p", "No"},
		"every namespace":                 {"{from: [{namespaceSelector: {}}]}", "Yes all ports by shop/p", "Yes all ports by shop/p", "No"},
		"a namespace that does not exist": {"{from: [{namespaceSelector: {matchLabels: {team: none}}}]}", "No", "Conditional all ports: " + byLabels + " by shop/p", "No"},
		"addresses outside":               {"{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}", "No", "No", "Yes all ports by shop/p"},
		"addresses that may be pods": {
			"{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "Conditional all ports: " + byIP + " by shop/p",
			"Conditional all ports: " + byIP + " by shop/p", "Conditional all ports: " + byRanges + " by shop/p",
		},
		"a port by name": {"{ports: [{port: sql}]}", "Yes TCP 5432 by shop/p", "Yes TCP 5432 by shop/p", "Yes TCP 5432 by shop/p"},
	} {
		t.Run(name, func(t *testing.T) {
			w := connectWorld(t).policy("shop/p", "{podSelector: {}, ingress: ["+test.rules+"]}")
			in, _ := w.Ingress(keyOf("shop/db"))
			want := []string{test.own, test.elsewhere, test.outside}
			if diff := cmp.Diff(want, []string{gated(in.OwnNamespace), gated(in.OtherNamespaces), gated(in.Outside)}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("without policies from everywhere", func(t *testing.T) {
		in, _ := connectWorld(t).Ingress(keyOf("shop/db"))
		open := Gate{Access: Access{Verdict: finding.Yes, Ports: AllPorts()}}
		if diff := cmp.Diff(Ingress{OwnNamespace: open, OtherNamespaces: open, Outside: open}, in); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("a group that is not there has no answer", func(t *testing.T) {
		if _, ok := connectWorld(t).Ingress(keyOf("shop/none")); ok {
			t.Error("it has")
		}
	})
}
