package netpol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func objectOf(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	encoded, err := yaml.YAMLToJSON([]byte(text))
	if err == nil {
		err = object.UnmarshalJSON(encoded)
	}
	if err != nil {
		t.Fatal(err)
	}
	return object
}

func TestARouteLeadsToTheServicesBehindIt(t *testing.T) {
	const head = "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {namespace: shop, name: front}, spec: "
	for name, test := range map[string]struct {
		spec string
		want []Backend
	}{
		"a Gateway by default": {
			"{parentRefs: [{name: edge}], rules: [{backendRefs: [{name: web, port: 80}]}, {backendRefs: [{name: api, namespace: back, port: 8080}]}]}}",
			[]Backend{{"", "web", 80}, {"back", "api", 8080}},
		},
		"a Gateway in full": {
			"{parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: infra}], rules: [{backendRefs: [{kind: Service, name: web}]}]}}",
			[]Backend{{"", "web", 0}},
		},
		"a Service, as in a mesh": {
			"{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 80}]}]}}", nil,
		},
		"a Gateway beside a Service": {
			"{parentRefs: [{kind: Service, group: core, name: web}, {name: edge}], rules: [{backendRefs: [{name: web, port: 80}]}]}}",
			[]Backend{{"", "web", 80}},
		},
		"no parent": {"{rules: [{backendRefs: [{name: web, port: 80}]}]}}", nil},
		"backends of another kind": {
			"{parentRefs: [{name: edge}], rules: [{backendRefs: [{group: net.gke.io, kind: ServiceImport, name: web}, {name: ''}]}]}}", nil,
		},
		"what is not as the API has it": {
			"{parentRefs: [{name: edge}, 7], rules: [{backendRefs: web}, nothing, {backendRefs: [{name: 3}, {name: web, port: 99999}]}]}}",
			[]Backend{{"", "web", 0}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := Route{"HTTPRoute", "shop", "front", test.want}
			if diff := cmp.Diff(want, RouteOf(objectOf(t, head+test.spec))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAGrantIsAboutRoutesAndServices(t *testing.T) {
	got := GrantOf(objectOf(t, `{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {namespace: back, name: in}, spec: {
		from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}, {group: other, kind: HTTPRoute, namespace: jobs}],
		to: [{group: '', kind: Service, name: api}, {group: '', kind: Secret}]}}`))
	want := Grant{"back", "in", []GrantFrom{{"HTTPRoute", "shop"}}, []string{"api"}, false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got = GrantOf(objectOf(t, "{kind: ReferenceGrant, apiVersion: v1, metadata: {namespace: back, name: in}, spec: {to: [{group: '', kind: Service}]}}"))
	if want := (Grant{"back", "in", nil, nil, true}); cmp.Diff(want, got) != "" {
		t.Errorf("-want +got:\n%s", cmp.Diff(want, got))
	}
}
