package netpol

import (
	"strings"
	"testing"
)

const (
	onHost   = "What a policy means on the host network is left to the network plugin, and a node always reaches its own pods."
	byIP     = "Whether an ipBlock holds for the addresses of pods is left to the network plugin."
	byLabels = "The labels of a namespace that the policy may mean are not known."
)

// connectWorld has the groups that the cases speak of: a shop of three parts, a monitor and a batch job elsewhere, an agent
// on the network of its node, and a namespace of which only the pods are known.
func connectWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, "shop/web", "shop/cache", "watch/monitor", "jobs/batch")
	db := Group{Ports: GroupOf(nil, specOf(t, `{containers: [{name: db, ports: [
		{name: sql, containerPort: 5432}, {name: metrics, containerPort: 9100}, {name: sync, containerPort: 7000, protocol: UDP}]}]}`), 1).Ports}
	w.group("shop/db", db)
	w.group("kube-system/agent", Group{HostNetwork: true})
	w.UpsertNamespace(namespaceOf("shop", "team=shop"))
	w.UpsertNamespace(namespaceOf("watch", "team=ops,stage=prod"))
	w.UpsertNamespace(namespaceOf("jobs", "team=ops"))
	w.SetGroup(keyOf("unseen/pod"), Group{Labels: labelsOf("app=pod"), Pods: 1})
	return w
}

// Each case names the policies as "namespace/name: spec" and the two groups of the connection.
func TestPoliciesLetThroughWhatTheAPISays(t *testing.T) {
	for name, test := range map[string]struct {
		policies  []string
		ask, want string
	}{
		"without policies everything gets through": {nil, "jobs/batch shop/db", "Yes all ports"},
		"a policy that selects others changes nothing": {
			[]string{"shop/p: {podSelector: {matchLabels: {app: web}}}"}, "jobs/batch shop/db", "Yes all ports",
		},
		"a policy of another namespace changes nothing": {[]string{"jobs/p: {podSelector: {}}"}, "jobs/batch shop/db", "Yes all ports"},
		"without types a policy holds ingress back":     {[]string{"shop/p: {podSelector: {}}"}, "jobs/batch shop/db", "No"},
		"without types and egress rules it leaves egress alone": {
			[]string{"shop/p: {podSelector: {}}"}, "shop/db jobs/batch", "Yes all ports",
		},
		"without types egress rules hold egress back": {
			[]string{"shop/p: {podSelector: {}, egress: [{to: [{podSelector: {}}]}]}"}, "shop/db jobs/batch", "No",
		},
		"without types egress rules hold ingress back as well": {
			[]string{"shop/p: {podSelector: {}, egress: [{}]}"}, "jobs/batch shop/db", "No",
		},
		"type Egress alone leaves ingress alone": {
			[]string{"shop/p: {podSelector: {}, policyTypes: [Egress]}"}, "jobs/batch shop/db", "Yes all ports",
		},
		"type Egress without rules holds everything back": {
			[]string{"shop/p: {podSelector: {}, policyTypes: [Egress]}"}, "shop/db jobs/batch", "No",
		},
		"type Ingress makes egress rules void": {
			[]string{"shop/p: {podSelector: {}, policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]}"}, "shop/db jobs/batch", "Yes all ports",
		},
		"a rule without peers is about everybody": {[]string{"shop/p: {podSelector: {}, ingress: [{}]}"}, "jobs/batch shop/db", "Yes all ports"},
		"an empty list of peers is none as well":  {[]string{"shop/p: {podSelector: {}, ingress: [{from: []}]}"}, "jobs/batch shop/db", "Yes all ports"},
		"an empty list of ports is every port": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: []}]}"}, "shop/web shop/db", "Yes all ports",
		},
		"a podSelector is about the policy's own namespace": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"}, "jobs/batch shop/db", "No",
		},
		"a podSelector lets in pods of it": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}"}, "shop/web shop/db", "Yes all ports",
		},
		"a podSelector keeps the others out": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}"}, "shop/cache shop/db", "No",
		},
		"a namespaceSelector lets in every pod of the namespaces": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}"}, "jobs/batch shop/db", "Yes all ports",
		},
		"a namespaceSelector leaves out its own namespace where it does not match": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}"}, "shop/web shop/db", "No",
		},
		"an empty namespaceSelector is every namespace": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}"}, "jobs/batch shop/db", "Yes all ports",
		},
		"a namespace has the label with its name": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: jobs}}}]}]}"},
			"jobs/batch shop/db", "Yes all ports",
		},
		"both selectors in one peer have to match": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}, podSelector: {matchLabels: {app: monitor}}}]}]}"},
			"jobs/batch shop/db", "No",
		},
		"both selectors in one peer that match let in": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}, podSelector: {matchLabels: {app: monitor}}}]}]}"},
			"watch/monitor shop/db", "Yes all ports",
		},
		"of two peers one is enough": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}, {podSelector: {matchLabels: {app: web}}}]}]}"},
			"shop/web shop/db", "Yes all ports",
		},
		"NotIn matches where the label is missing": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: stage, operator: NotIn, values: [prod]}]}}]}]}"},
			"jobs/batch shop/db", "Yes all ports",
		},
		"NotIn keeps out what has the value": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: stage, operator: NotIn, values: [prod]}]}}]}]}"},
			"watch/monitor shop/db", "No",
		},
		"a label without a value has to be there": {
			[]string{`shop/p: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {extra: ""}}}]}]}`}, "shop/web shop/db", "No",
		},
		"ports of several rules and policies add up": {
			[]string{
				"shop/p: {podSelector: {}, ingress: [{ports: [{port: 80}]}, {ports: [{port: 443}]}]}",
				"shop/q: {podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}",
			},
			"jobs/batch shop/db", "Yes TCP 80, 443, UDP 53",
		},
		"a second policy without rules takes nothing away": {
			[]string{
				"shop/p: {podSelector: {}, ingress: [{}]}",
				"shop/q: {podSelector: {}}",
			}, "jobs/batch shop/db", "Yes all ports",
		},
		"a protocol without a port is every port of it": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{protocol: SCTP}]}]}"}, "jobs/batch shop/db", "Yes SCTP any",
		},
		"endPort makes a range": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8999}]}]}"}, "jobs/batch shop/db", "Yes TCP 8000-8999",
		},
		"a name for ingress is that of the selected pod": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: sql}]}]}"}, "jobs/batch shop/db", "Yes TCP 5432",
		},
		"a name for egress is that of the pod that is connected to": {
			[]string{"jobs/p: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: sql}]}]}"}, "jobs/batch shop/db", "Yes TCP 5432",
		},
		"a name that the pod does not declare is no port": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: sql}]}]}"}, "jobs/batch shop/web", "No",
		},
		"a name of another protocol is no port": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: sync}]}]}"}, "jobs/batch shop/db", "No",
		},
		"a name of the same protocol is": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: sync, protocol: UDP}]}]}"}, "jobs/batch shop/db", "Yes UDP 7000",
		},
		"both sides have to let it through": {
			[]string{
				"jobs/p: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 1000, endPort: 6000}]}]}",
				"shop/p: {podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 9000}]}]}",
			},
			"jobs/batch shop/db", "Yes TCP 5000-6000",
		},
		"ports that both sides let through apart from each other are none": {
			[]string{
				"jobs/p: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}",
				"shop/p: {podSelector: {}, ingress: [{ports: [{port: 443}]}]}",
			},
			"jobs/batch shop/db", "No",
		},
		"an ipBlock that may hold pods decides nothing for certain": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 80}]}]}"},
			"jobs/batch shop/db", "Conditional TCP 80: " + byIP,
		},
		"an ipBlock of addresses that no pod has is not about pods": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}"}, "jobs/batch shop/db", "No",
		},
		"an ipBlock that excepts every private address is not about pods": {
			[]string{`shop/p: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0,
				except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10]}}]}]}`}, "jobs/batch shop/db", "No",
		},
		"what a selector lets in for certain is not spoilt by an ipBlock": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {namespaceSelector: {}}]}]}"},
			"jobs/batch shop/db", "Yes all ports",
		},
		"a namespace that has not been seen may have any label": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}"},
			"unseen/pod shop/db", "Conditional all ports: " + byLabels,
		},
		"a namespace that has not been seen has its name": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: unseen}}}]}]}"},
			"unseen/pod shop/db", "Yes all ports",
		},
		"a namespace that has not been seen has no other name": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: jobs, team: ops}}}]}]}"},
			"unseen/pod shop/db", "No",
		},
		"a source on the host network may be taken for its node": {
			[]string{"shop/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}"}, "kube-system/agent shop/db", "Conditional all ports: " + onHost,
		},
		"a source on the host network may be on the node of the pod": {
			[]string{"shop/p: {podSelector: {}}"}, "kube-system/agent shop/db", "Conditional all ports: " + onHost,
		},
		"a source on the host network gets in where everybody does": {
			[]string{"shop/p: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}"}, "kube-system/agent shop/db", "Yes TCP 80",
		},
		"a source on the host network may be held back or not": {
			[]string{"kube-system/p: {podSelector: {}, policyTypes: [Egress]}"}, "kube-system/agent shop/db", "Conditional all ports: " + onHost,
		},
		"a source on the host network that a policy lets out gets out either way": {
			[]string{"kube-system/p: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 80}]}]}"},
			"kube-system/agent shop/db", "Yes TCP 80",
		},
		"a target on the host network may be taken for its node": {
			[]string{"shop/p: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}"},
			"shop/db kube-system/agent", "Conditional all ports: " + onHost,
		},
		"a target on the host network may be held by its policies or not": {
			[]string{"kube-system/p: {podSelector: {}}"}, "shop/db kube-system/agent", "Conditional all ports: " + onHost,
		},
		"a target on the host network that lets a pod in is reached either way": {
			[]string{"kube-system/p: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}"}, "shop/db kube-system/agent", "Yes all ports",
		},
		"a target on the host network without policies is reached": {nil, "shop/db kube-system/agent", "Yes all ports"},
	} {
		t.Run(name, func(t *testing.T) {
			w := connectWorld(t)
			w.policies(test.policies)
			from, to, _ := strings.Cut(test.ask, " ")
			if got := said(w.connect(from, to).Access); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if problems := w.Problems(); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

func TestSomePortsOfAConnectionAreAskedFor(t *testing.T) {
	w := connectWorld(t).policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}, {from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 443}]}]}")
	for number, want := range map[int32]string{85: "Yes TCP 85", 443: "Conditional TCP 443: " + byIP, 22: "No"} {
		got, ok := w.Connect(keyOf("jobs/batch"), keyOf("shop/db"), PortRange("TCP", number, number))
		if !ok || said(got.Access) != want {
			t.Errorf("port %d: got %s, want %s", number, said(got.Access), want)
		}
	}
	if _, ok := w.Connect(keyOf("jobs/none"), keyOf("shop/db"), AllPorts()); ok {
		t.Error("a group that is not there has an answer")
	}
}
