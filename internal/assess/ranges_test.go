package assess

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// A pod is let out to one block alone. Whether that leads outside is up to the addresses of the cluster.
func TestAnIPBlockIsJudgedByTheAddressesOfNodesAndByWhatIsTold(t *testing.T) {
	pods, services := []netip.Prefix{netip.MustParsePrefix("10.244.0.0/16")}, []netip.Prefix{netip.MustParsePrefix("10.96.0.0/12")}
	told := netpol.Ranges{Pods: pods, Services: services}
	for name, test := range map[string]struct {
		block string
		state snapshot.State
		told  netpol.Ranges
		want  finding.Verdict
	}{
		"a Node":                              {"192.0.2.7/32", snapshot.Synced, netpol.Ranges{}, finding.No},
		"a Node, while others may come":       {"192.0.2.7/32", snapshot.NotSynced, netpol.Ranges{}, finding.Yes},
		"a Node and its neighbour":            {"192.0.2.6/31", snapshot.Synced, netpol.Ranges{}, finding.Yes},
		"what a Node has for its pods":        {"198.51.100.0/25", snapshot.Synced, netpol.Ranges{}, finding.No},
		"private addresses":                   {"172.16.0.0/24", snapshot.Synced, netpol.Ranges{}, finding.Conditional},
		"private addresses that are no one's": {"172.16.0.0/24", snapshot.Synced, told, finding.Yes},
		"private addresses, Nodes unread":     {"172.16.0.0/24", snapshot.Forbidden, told, finding.Conditional},
		"pods that are told of":               {"10.244.7.0/24", snapshot.Synced, told, finding.No},
	} {
		t.Run(name, func(t *testing.T) {
			m := model.New()
			e := NewEngine(m, New(posture.Settings{}), nil)
			e.UseRanges(test.told)
			m.Network.UpsertPolicy(&networkingv1.NetworkPolicy{
				ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "out"},
				Spec: networkingv1.NetworkPolicySpec{
					PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
					Egress: []networkingv1.NetworkPolicyEgressRule{{
						To: []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: test.block}}},
					}},
				},
			})
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: *spec()}
			placed, ok := m.Snapshot.Transform(pod).(*snapshot.Pod)
			if !ok {
				t.Fatal("the snapshot keeps no pod")
			}
			m.Snapshot.UpsertPod(placed)
			key := snapshot.Key{Kind: "Pod", Namespace: "shop", Name: "web"}
			e.Observe(key)
			m.Snapshot.UpsertNode(&corev1.Node{
				ObjectMeta: metav1.ObjectMeta{Name: "node-0"}, Spec: corev1.NodeSpec{PodCIDRs: []string{"198.51.100.0/25", "none"}},
				Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Address: "192.0.2.7"}, {Address: "node-0.example"}}},
			})
			m.Snapshot.SetSource(snapshot.Nodes, test.state)
			e.Observe()
			egress, ok := m.Network.Egress(groupKey(key, 0), 0)
			if !ok || egress.Outside.Any.Verdict != test.want {
				t.Errorf("%s leads outside: %v, want %v", test.block, egress.Outside.Any.Verdict, test.want)
			}
		})
	}
}
