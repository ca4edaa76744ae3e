package loader

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/netpol"
)

func TestPoliciesOfOtherKindsAndRoutesAreReadFromFiles(t *testing.T) {
	m := model.NewPartial()
	l := newLoader("default", m)
	l.add("m.yaml", []byte(`
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: allow}, spec: {endpointSelector: {}}}
---
{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: guard, namespace: strays}, spec: {priority: 1}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: front}, spec: {
  parentRefs: [{name: gw}], rules: [{backendRefs: [{name: web, port: 80}]}]}}
---
{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: node-0}}
`))
	r := l.finish()
	if diff := cmp.Diff([]KindCount{{"cilium.io/v2", "CiliumNode", 1}}, r.Ignored); diff != "" || len(r.Errors) > 0 {
		t.Errorf("%v, ignored (-want +got):\n%s", r.Errors, diff)
	}
	key := netpol.Key{Namespace: "default", Name: "web"}
	m.Network.SetGroup(key, netpol.Group{Labels: map[string]string{"app": "web"}, Pods: 1})
	egress, _ := m.Network.Egress(key, 0)
	const named = "AdminNetworkPolicy.policy.networking.k8s.io guard and 1 more policies of other kinds are not evaluated."
	if got := egress.Outside.Any.Condition; got != named {
		t.Errorf("got %q, want %q", got, named)
	}
	exposure, _ := m.Network.Exposure(key)
	if len(exposure.Ways) != 1 || exposure.Ways[0].Object != "HTTPRoute default/front by Service default/web" {
		t.Errorf("exposed by %v", exposure.Ways)
	}
}
