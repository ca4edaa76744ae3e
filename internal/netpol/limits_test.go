package netpol

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/testing/growth"
)

// largePolicy is a way in which a NetworkPolicy, or what it is about, can be as large as the API server stores.
type largePolicy struct {
	name string
	spec func(n int) networkingv1.NetworkPolicySpec
	// ports is how many the pods declare: as many as the policy is large where it is set.
	ports bool
}

func largePolicies() []largePolicy {
	rules := func(n int, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) networkingv1.NetworkPolicySpec {
		spec := networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{"Ingress", "Egress"}}
		for range n {
			spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: peers, Ports: ports})
			spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: peers, Ports: ports})
		}
		return spec
	}
	peers := func(n int, peer func(i int) networkingv1.NetworkPolicyPeer) []networkingv1.NetworkPolicyPeer {
		out := make([]networkingv1.NetworkPolicyPeer, n)
		for i := range out {
			out[i] = peer(i)
		}
		return out
	}
	ports := func(n int, port func(i int) intstr.IntOrString) []networkingv1.NetworkPolicyPort {
		out := make([]networkingv1.NetworkPolicyPort, n)
		for i := range out {
			out[i].Port = ptr.To(port(i))
		}
		return out
	}
	app := func(i int) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": fmt.Sprintf("app-%d", i)}}
	}
	return []largePolicy{
		{name: "peers by their labels", spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(1, peers(n, func(i int) networkingv1.NetworkPolicyPeer { return networkingv1.NetworkPolicyPeer{PodSelector: app(i)} }), nil)
		}},
		{name: "peers in namespaces by their labels", spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(1, peers(n, func(i int) networkingv1.NetworkPolicyPeer {
				return networkingv1.NetworkPolicyPeer{PodSelector: app(i), NamespaceSelector: app(i % 7)}
			}), nil)
		}},
		{name: "blocks of addresses", spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(1, peers(n, func(i int) networkingv1.NetworkPolicyPeer {
				return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: fmt.Sprintf("10.%d.%d.0/25", i/256, i%256)}}
			}), nil)
		}},
		{name: "a block with exceptions", spec: func(n int) networkingv1.NetworkPolicySpec {
			block := &networkingv1.IPBlock{CIDR: "0.0.0.0/0"}
			for i := range n {
				block.Except = append(block.Except, fmt.Sprintf("10.%d.%d.0/25", i/256, i%256))
			}
			return rules(1, []networkingv1.NetworkPolicyPeer{{IPBlock: block}}, nil)
		}},
		{name: "rules", spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(n, []networkingv1.NetworkPolicyPeer{{PodSelector: app(1)}}, ports(1, func(int) intstr.IntOrString { return intstr.FromInt32(80) }))
		}},
		{name: "ports", spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(1, nil, ports(n, func(i int) intstr.IntOrString { return intstr.FromInt32(int32(2*i + 1)) }))
		}},
		{name: "named ports of a pod with as many", ports: true, spec: func(n int) networkingv1.NetworkPolicySpec {
			return rules(1, nil, ports(n, func(i int) intstr.IntOrString { return intstr.FromString(fmt.Sprintf("p-%d", i)) }))
		}},
	}
}

// judge feeds an index with some workloads under one policy and asks all that is ever asked about one of them.
func (l *largePolicy) judge(n int) func() {
	policy := &networkingv1.NetworkPolicy{ObjectMeta: meta("team/large"), Spec: l.spec(n)}
	var ports []corev1.ContainerPort
	for i := range n {
		if l.ports {
			ports = append(ports, port(fmt.Sprintf("p-%d", i), int32(2*i+1)))
		}
	}
	return func() {
		x := New()
		for i := range 8 {
			namespace := "team"
			if i%2 == 1 {
				namespace = fmt.Sprintf("ns-%d", i)
			}
			x.UpsertNamespace(namespaceOf(namespace, fmt.Sprintf("app=app-%d", i)))
			x.SetGroup(Key{namespace, fmt.Sprintf("w-%d", i)}, Group{Labels: labelsOf(fmt.Sprintf("app=app-%d", i)), Ports: ports, Pods: 2})
		}
		x.UpsertPolicy(policy)
		x.Egress(Key{"team", "w-0"}, 5)
		x.Exposure(Key{"team", "w-0"})
	}
}

// A policy of 5,000 peers is about as large as one gets: the API server stores no object of more than 1.5 MiB.
func TestWorkOnAPolicyGrowsNoFasterThanThePolicy(t *testing.T) {
	for _, large := range largePolicies() {
		t.Run(large.name, func(t *testing.T) { growth.Linear(t, 500, large.judge) })
	}
}

func BenchmarkLargestPolicies(b *testing.B) {
	for _, large := range largePolicies() {
		b.Run(strings.ReplaceAll(large.name, " ", "-"), func(b *testing.B) { growth.Benchmark(b, 2_500, large.judge) })
	}
}
