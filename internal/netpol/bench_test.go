package netpol

import (
	"fmt"
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// benchCluster is the size that the design asks for: 20,000 groups in 500 namespaces under 2,000 policies, four in each
// namespace, as people write them: let in the own namespace and the ingress controller, let in the monitoring, hold a tier
// back but for DNS, let the front end to the back end.
type benchCluster struct {
	namespaces []*corev1.Namespace
	policies   []*networkingv1.NetworkPolicy
	groups     map[Key]Group
}

func newBenchCluster(b *testing.B) *benchCluster {
	b.Helper()
	c := &benchCluster{groups: map[Key]Group{}}
	specs := []string{
		`{podSelector: {matchLabels: {tier: front}}, ingress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: t1}}}]}]}`,
		`{podSelector: {matchLabels: {tier: back}}, ingress: [{ports: [{port: metrics}], from: [{namespaceSelector: {matchLabels: {team: t2}},
			podSelector: {matchLabels: {app: app-002}}}]}]}`,
		`{podSelector: {matchLabels: {tier: back}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}, {to: [{podSelector: {}}]}]}`,
		`{podSelector: {matchLabels: {tier: back}}, ingress: [{from: [{podSelector: {matchLabels: {tier: front}}}], ports: [{port: 8080}]}]}`,
	}
	tiers := []string{"front", "back", "batch", "none"}
	for n := range 500 {
		name := fmt.Sprintf("ns-%03d", n)
		c.namespaces = append(c.namespaces, namespaceOf(name, fmt.Sprintf("team=t%d", n%50)))
		for i, spec := range specs {
			c.policies = append(c.policies, policyOf(b, fmt.Sprintf("%s/p%d", name, i), spec))
		}
		for i := range 40 {
			app := fmt.Sprintf("app-%03d", i)
			c.groups[Key{name, app}] = Group{
				Labels: map[string]string{"app": app, "tier": tiers[i%4], "pod-template-hash": "5d4f8c7b9"},
				Ports:  []corev1.ContainerPort{port("http", 8080), port("metrics", 9090)}, Pods: 1 + i%15,
				HostNetwork: n == 0 && i == 39,
			}
		}
	}
	return c
}

func (c *benchCluster) index() *Index {
	x := New()
	for _, o := range c.namespaces {
		x.UpsertNamespace(o)
	}
	for _, o := range c.policies {
		x.UpsertPolicy(o)
	}
	for key, g := range c.groups {
		x.SetGroup(key, g)
	}
	return x
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func BenchmarkBuild(b *testing.B) {
	c := newBenchCluster(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		before := heap()
		b.StartTimer()
		x := c.index()
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-live")
		runtime.KeepAlive(x)
		b.StartTimer()
	}
}

// The tiers differ in what the policies leave them: a front end is held back by nothing on its way out, a back end by one
// rule to everyone on one port and one to its own namespace.
func BenchmarkEgress(b *testing.B) {
	x := newBenchCluster(b).index()
	for name, key := range map[string]Key{
		"held back by nothing": {"ns-003", "app-000"}, "let in by a tenth of the namespaces": {"ns-001", "app-000"},
		"held back": {"ns-003", "app-001"}, "on the host network": {"ns-000", "app-039"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Egress(key, 5)
			}
		})
	}
}

func BenchmarkEgressOfAll(b *testing.B) {
	c := newBenchCluster(b)
	x := c.index()
	keys := keysOf(c.groups)
	b.ReportAllocs()
	for b.Loop() {
		for _, key := range keys {
			x.Egress(key, 5)
		}
	}
}

func BenchmarkExposure(b *testing.B) {
	x := newBenchCluster(b).index()
	b.ReportAllocs()
	for b.Loop() {
		x.Exposure(Key{"ns-003", "app-001"})
	}
}

func BenchmarkPolicyChange(b *testing.B) {
	c := newBenchCluster(b)
	x := c.index()
	open := policyOf(b, "ns-007/p1", `{podSelector: {matchLabels: {tier: back}}, ingress: [{}]}`)
	b.ReportAllocs()
	for b.Loop() {
		x.UpsertPolicy(open)
		x.UpsertPolicy(c.policies[7*4+1])
	}
}

func BenchmarkGroupChange(b *testing.B) {
	c := newBenchCluster(b)
	x := c.index()
	key := Key{"ns-007", "app-001"}
	other := c.groups[key]
	other.Labels = map[string]string{"app": "app-001", "tier": "back", "pod-template-hash": "6c9d7f5b8"}
	b.ReportAllocs()
	for b.Loop() {
		x.SetGroup(key, other)
		x.SetGroup(key, c.groups[key])
	}
}
