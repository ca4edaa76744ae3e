package live

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/snapshot"
)

// groups are those of a server that has policies of Cilium and routes, and whose API server of Calico is down.
const groups = `{"kind": "APIGroupList", "apiVersion": "v1", "groups": [
	{"name": "cilium.io", "versions": [{"groupVersion": "cilium.io/v2", "version": "v2"}], "preferredVersion": {"groupVersion": "cilium.io/v2"}},
	{"name": "projectcalico.org", "versions": [{"groupVersion": "projectcalico.org/v3", "version": "v3"}],
		"preferredVersion": {"groupVersion": "projectcalico.org/v3"}},
	{"name": "gateway.networking.k8s.io", "versions": [{"groupVersion": "gateway.networking.k8s.io/v1"}, {"groupVersion": "gateway.networking.k8s.io/v1beta1"}],
		"preferredVersion": {"groupVersion": "gateway.networking.k8s.io/v1"}}]}`

func resourcesOf(version string, names ...string) string {
	items := make([]string, len(names))
	for i, name := range names {
		items[i] = fmt.Sprintf(`{"name": %q, "namespaced": true, "kind": "K", "verbs": ["list", "watch"]}`, name)
	}
	return fmt.Sprintf(`{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": %q, "resources": [%s]}`, version, strings.Join(items, ", "))
}

func TestExtensionsAreReadWhereTheyAreInstalled(t *testing.T) {
	answers := map[string]string{
		"/apis":                                   groups,
		"/apis/cilium.io/v2":                      resourcesOf("cilium.io/v2", "ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"),
		"/apis/gateway.networking.k8s.io/v1":      resourcesOf("gateway.networking.k8s.io/v1", "httproutes"),
		"/apis/gateway.networking.k8s.io/v1beta1": resourcesOf("gateway.networking.k8s.io/v1beta1", "httproutes", "referencegrants"),
		"/apis/cilium.io/v2/ciliumnetworkpolicies": `{"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": {},
			"items": [{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {"namespace": "shop", "name": "allow"}}]}`,
		"/apis/gateway.networking.k8s.io/v1/httproutes": `{"kind": "HTTPRouteList", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {}, "items": [
			{"kind": "HTTPRoute", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"namespace": "edge", "name": "front"},
			 "spec": {"parentRefs": [{"name": "gw"}], "rules": [{"backendRefs": [{"namespace": "back", "name": "web", "port": 80}]}]}}]}`,
		"/apis/gateway.networking.k8s.io/v1beta1/referencegrants": `{"kind": "ReferenceGrantList", "apiVersion": "gateway.networking.k8s.io/v1beta1",
			"metadata": {}, "items": []}`,
	}
	codes := map[string]int{
		"/apis/projectcalico.org/v3": http.StatusServiceUnavailable, "/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies": http.StatusForbidden,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if code, ok := codes[r.URL.Path]; ok {
			w.WriteHeader(code)
			return
		}
		if _, ok := answers[r.URL.Path]; !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprint(w, answers[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}
	clients := Clients{Kubernetes: kubernetes.NewForConfigOrDie(config), Names: metadata.NewForConfigOrDie(config), Params: dynamic.NewForConfigOrDie(config)}
	m := model.New()
	if err := clients.listExtensions(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := map[snapshot.Source]snapshot.State{}
	for _, e := range model.Extensions() {
		if state := m.Snapshot.State(e.Source()); state != snapshot.Missing {
			got[e.Source()] = state
		}
	}
	want := map[snapshot.Source]snapshot.State{
		snapshot.CiliumNetworkPolicies: snapshot.Synced, snapshot.CiliumClusterwideNetworkPolicies: snapshot.Forbidden,
		snapshot.HTTPRoutes: snapshot.Synced, snapshot.ReferenceGrants: snapshot.Synced,
		snapshot.ServedCalicoNetworkPolicies: snapshot.Unreachable, snapshot.ServedCalicoGlobalNetworkPolicies: snapshot.Unreachable,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}

	shop, back := netpol.Key{Namespace: "shop", Name: "web"}, netpol.Key{Namespace: "back", Name: "web"}
	group := netpol.Group{Labels: map[string]string{"app": "web"}, Pods: 1}
	m.Network.SetGroup(shop, group)
	m.Network.SetGroup(back, group)
	m.Network.UpsertService(&corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "back", Name: "web"},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80}}},
	})
	egress, _ := m.Network.Egress(shop, 0)
	if want := "CiliumNetworkPolicy.cilium.io shop/allow is not evaluated."; egress.Outside.Any.Condition != want {
		t.Errorf("got %q, want %q", egress.Outside.Any.Condition, want)
	}
	// All ReferenceGrants are read, and none permits it.
	if exposure, _ := m.Network.Exposure(back); exposure.Level != netpol.LevelCluster {
		t.Errorf("without a grant: %+v", exposure)
	}
	m.Network.UpsertGrant(netpol.Grant{Namespace: "back", Name: "in", From: []netpol.GrantFrom{{Kind: "HTTPRoute", Namespace: "edge"}}, AnyService: true})
	if exposure, _ := m.Network.Exposure(back); exposure.Certain != netpol.LevelExternal {
		t.Errorf("with a grant: %+v", exposure)
	}
}
