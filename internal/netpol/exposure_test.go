package netpol

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/finding"
)

const (
	byProxy  = "The proxy behind the route has to be among those that the policies let in."
	bySource = "Whether the policy sees the address of the client or of a node is left to the load balancer and the network plugin."
	byGrant  = "A ReferenceGrant has to permit the reference to the other namespace."
	byNode   = "Whether policies hold for a port of the node is left to the network plugin."
)

func (w *world) service(name, spec string) *world {
	w.t.Helper()
	object := &corev1.Service{ObjectMeta: meta(name)}
	if err := yaml.UnmarshalStrict([]byte(spec), &object.Spec); err != nil {
		w.t.Fatal(err)
	}
	w.UpsertService(object)
	return w
}

// front adds the Ingress shop/front.
func (w *world) front(spec string) {
	w.t.Helper()
	object := &networkingv1.Ingress{ObjectMeta: meta("shop/front")}
	if err := yaml.UnmarshalStrict([]byte(spec), &object.Spec); err != nil {
		w.t.Fatal(err)
	}
	w.UpsertIngress(object)
}

// exposed is an exposure in lines: the levels with the condition, then the ways.
func exposed(e Exposure) []string {
	first := fmt.Sprintf("%s, certain %s", e.Level, e.Certain)
	if e.Condition != "" {
		first += ": " + e.Condition
	}
	if len(e.Policies) > 0 {
		first += " by " + names(e.Policies)
	}
	lines := []string{first}
	for _, way := range e.Ways {
		lines = append(lines, way.Object+" "+said(way.Access))
	}
	return lines
}

func TestExposureIsFromHowFarAwaySomebodyGetsAtAGroup(t *testing.T) {
	const (
		balancer = "{type: LoadBalancer, selector: {app: db}, ports: [{port: 443, targetPort: sql}]}"
		internal = "{selector: {app: db}, ports: [{name: sql, port: 443, targetPort: 5432}, {name: metrics, port: 9100}]}"
		closed   = "{podSelector: {}}"
		toOwn    = "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"
		toOps    = "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}"
		toSome   = "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}"
	)
	for name, test := range map[string]struct {
		build func(*world)
		want  []string
	}{
		"without policies the cluster": {func(*world) {}, []string{"Cluster, certain Cluster"}},
		"a Service of its own kind is no way from outside": {
			func(w *world) { w.service("shop/db", internal) }, []string{"Cluster, certain Cluster"},
		},
		"a load balancer": {
			func(w *world) { w.service("shop/db", balancer) },
			[]string{"External, certain External", "Service shop/db (LoadBalancer) Yes TCP 5432"},
		},
		"a port of every node": {
			func(w *world) { w.service("shop/db", "{type: NodePort, selector: {app: db}, ports: [{port: 5432}]}") },
			[]string{"External, certain External", "Service shop/db (NodePort) Yes TCP 5432"},
		},
		"external addresses": {
			func(w *world) {
				w.service("shop/db", "{externalIPs: [192.0.2.1], selector: {app: db}, ports: [{port: 53, protocol: UDP}]}")
			},
			[]string{"External, certain External", "Service shop/db (externalIPs) Yes UDP 53"},
		},
		"a Service that selects others": {
			func(w *world) { w.service("shop/db", "{type: NodePort, selector: {app: web}, ports: [{port: 5432}]}") },
			[]string{"Cluster, certain Cluster"},
		},
		"a Service of another namespace": {
			func(w *world) { w.service("jobs/db", balancer) }, []string{"Cluster, certain Cluster"},
		},
		"a Service without a selector": {
			func(w *world) { w.service("shop/db", "{type: NodePort, ports: [{port: 5432}]}") }, []string{"Cluster, certain Cluster"},
		},
		"a Service that is a name elsewhere": {
			func(w *world) { w.service("shop/db", "{type: ExternalName, externalName: a.b, selector: {app: db}}") },
			[]string{"Cluster, certain Cluster"},
		},
		"a Service to a port that the pod does not name": {
			func(w *world) {
				w.service("shop/db", "{type: NodePort, selector: {app: db}, ports: [{port: 80, targetPort: http}]}")
			},
			[]string{"Cluster, certain Cluster"},
		},
		"an Ingress": {
			func(w *world) {
				w.service("shop/db", internal).
					front("{rules: [{http: {paths: [{pathType: Prefix, path: /, backend: {service: {name: db, port: {name: sql}}}}]}}]}")
			},
			[]string{"External, certain External", "Ingress shop/front by Service shop/db Yes TCP 5432"},
		},
		"an Ingress by its default backend": {
			func(w *world) {
				w.service("shop/db", internal).front("{defaultBackend: {service: {name: db, port: {number: 9100}}}}")
			},
			[]string{"External, certain External", "Ingress shop/front by Service shop/db Yes TCP 9100"},
		},
		"an Ingress to another Service": {
			func(w *world) {
				w.service("shop/db", internal).front("{defaultBackend: {service: {name: web, port: {number: 9100}}}}")
			},
			[]string{"Cluster, certain Cluster"},
		},
		"an Ingress to a port that the Service has not": {
			func(w *world) {
				w.service("shop/db", internal).front("{defaultBackend: {service: {name: db, port: {number: 80}}}}")
			},
			[]string{"Cluster, certain Cluster"},
		},
		"a route of the Gateway API": {
			func(w *world) {
				w.service("shop/db", internal)
				w.UpsertRoute(Route{"HTTPRoute", "shop", "front", []Backend{{Service: "db", Port: 443}}})
			},
			[]string{"External, certain External", "HTTPRoute shop/front by Service shop/db Yes TCP 5432"},
		},
		"a route of another namespace needs a grant": {
			func(w *world) {
				w.service("shop/db", internal)
				w.UpsertRoute(Route{"TCPRoute", "jobs", "front", []Backend{{"shop", "db", 0}}})
			},
			[]string{"External, certain Cluster: " + byGrant, "TCPRoute jobs/front by Service shop/db Conditional TCP 5432, 9100: " + byGrant},
		},
		"a route of another namespace that a grant permits": {
			func(w *world) {
				w.service("shop/db", internal)
				w.UpsertRoute(Route{"TCPRoute", "jobs", "front", []Backend{{"shop", "db", 443}}})
				w.UpsertGrant(Grant{"shop", "jobs", []GrantFrom{{"TCPRoute", "jobs"}}, []string{"db"}, false})
			},
			[]string{"External, certain External", "TCPRoute jobs/front by Service shop/db Yes TCP 5432"},
		},
		"a route of another namespace where no grant is left that nobody tells of": {
			func(w *world) {
				w.service("shop/db", internal)
				w.UpsertRoute(Route{"TCPRoute", "jobs", "front", []Backend{{"shop", "db", 443}}})
				w.UpsertGrant(Grant{"shop", "jobs", []GrantFrom{{"HTTPRoute", "jobs"}, {"TCPRoute", "watch"}}, nil, true})
				w.SetAllGrants(true)
			},
			[]string{"Cluster, certain Cluster"},
		},
		"a hostPort": {
			func(w *world) { w.port(corev1.ContainerPort{ContainerPort: 5432, HostPort: 15432}) },
			[]string{"External, certain External", "hostPort 15432 Yes TCP 5432"},
		},
		"a hostPort on the loopback of the node": {
			func(w *world) {
				w.port(corev1.ContainerPort{ContainerPort: 5432, HostPort: 15432, HostIP: "127.0.0.1"})
			},
			[]string{"Cluster, certain Cluster"},
		},
		"a hostPort under a policy": {
			func(w *world) {
				w.port(corev1.ContainerPort{ContainerPort: 5432, HostPort: 15432, Protocol: corev1.ProtocolUDP}).policy("shop/p", closed)
			},
			[]string{"External, certain None: " + byNode, "hostPort 15432 Conditional UDP 5432: " + byNode},
		},
		"a policy for nobody": {func(w *world) { w.policy("shop/p", closed) }, []string{"None, certain None"}},
		"a policy for its own namespace": {
			func(w *world) { w.policy("shop/p", toOwn) }, []string{"Namespace, certain Namespace by shop/p"},
		},
		"a policy for another namespace": {
			func(w *world) { w.policy("shop/p", toOps) }, []string{"Cluster, certain Cluster by shop/p"},
		},
		"a policy for addresses that nothing leads in from": {
			func(w *world) { w.policy("shop/p", toSome) }, []string{"None, certain None by shop/p"},
		},
		"a load balancer before a policy for nobody": {
			func(w *world) { w.service("shop/db", balancer).policy("shop/p", closed) }, []string{"None, certain None"},
		},
		"a load balancer before a policy for pods": {
			func(w *world) { w.service("shop/db", balancer).policy("shop/p", toOps) }, []string{"Cluster, certain Cluster by shop/p"},
		},
		"a load balancer before a policy for some addresses": {
			func(w *world) { w.service("shop/db", balancer).policy("shop/p", toSome) },
			[]string{"External, certain None: " + bySource + " by shop/p", "Service shop/db (LoadBalancer) Conditional TCP 5432: " + bySource},
		},
		"a load balancer before a policy for everybody on its port": {
			func(w *world) {
				w.service("shop/db", balancer).policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: sql}]}]}")
			},
			[]string{"External, certain External by shop/p", "Service shop/db (LoadBalancer) Yes TCP 5432"},
		},
		"a load balancer before a policy for everybody on another port": {
			func(w *world) {
				w.service("shop/db", balancer).policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}")
			},
			[]string{"Cluster, certain Cluster by shop/p"},
		},
		"an Ingress before a policy for another namespace": {
			func(w *world) {
				w.service("shop/db", internal).policy("shop/p", toOps).
					front("{defaultBackend: {service: {name: db, port: {name: sql}}}}")
			},
			[]string{"External, certain Cluster: " + byProxy + " by shop/p", "Ingress shop/front by Service shop/db Conditional TCP 5432: " + byProxy},
		},
		"an Ingress before a policy for nobody": {
			func(w *world) {
				w.service("shop/db", internal).policy("shop/p", closed).
					front("{defaultBackend: {service: {name: db, port: {name: sql}}}}")
			},
			[]string{"None, certain None"},
		},
		"the certain way comes first": {
			func(w *world) {
				w.port(corev1.ContainerPort{Name: "sql", ContainerPort: 5432}).
					port(corev1.ContainerPort{ContainerPort: 9100, HostPort: 19100}).
					service("shop/db", balancer).policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: sql}]}]}")
			},
			[]string{
				"External, certain External by shop/p", "Service shop/db (LoadBalancer) Yes TCP 5432", "hostPort 19100 Conditional TCP 9100: " + byNode,
			},
		},
		"the host network": {
			func(w *world) {
				w.SetGroup(keyOf("shop/db"), Group{Labels: labelsOf("app=db"), Pods: 1, HostNetwork: true})
			},
			[]string{"External, certain External", "hostNetwork Yes all ports"},
		},
		"the host network under a policy": {
			func(w *world) {
				w.SetGroup(keyOf("shop/db"), Group{Labels: labelsOf("app=db"), Pods: 1, HostNetwork: true})
				w.policy("shop/p", closed)
			},
			[]string{"External, certain None: " + onHost, "hostNetwork Conditional all ports: " + onHost},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := connectWorld(t)
			w.DeleteGroup(keyOf("unseen/pod"))
			test.build(w)
			e, _ := w.Exposure(keyOf("shop/db"))
			if diff := cmp.Diff(test.want, exposed(e)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if _, ok := New().Exposure(keyOf("shop/none")); ok {
		t.Error("a group that is not there has an answer")
	}
}

// port adds a port to the group shop/db.
func (w *world) port(p corev1.ContainerPort) *world {
	key := keyOf("shop/db")
	g := w.groups[key].Group
	g.Ports = append(slices.Clone(g.Ports), p)
	w.SetGroup(key, g)
	return w
}

func TestPriorityIsThatOfTheMatrix(t *testing.T) {
	want := map[Level][]Priority{ // by tier, 0 to 5
		LevelExternal:  {P4, P4, P3, P2, P1, P1},
		LevelCluster:   {P4, P4, P4, P3, P2, P2},
		LevelNamespace: {P4, P4, P4, P3, P2, P2},
		LevelNone:      {P4, P4, P4, P3, P2, P2},
		LevelUnknown:   {P4, P4, P3, P2, P1, P1}, // as the furthest
	}
	for _, level := range append(Levels(), LevelUnknown) {
		for tier := range finding.MaxTier + 1 {
			if got := PriorityOf(tier, level); got != want[level][tier] {
				t.Errorf("tier %d, %s: got %s, want %s", tier, level, got, want[level][tier])
			}
		}
	}
}
