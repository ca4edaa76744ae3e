package netpol

import (
	"cmp"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// GatewayGroup is the API group of the Gateway API.
const GatewayGroup = "gateway.networking.k8s.io"

// GatewayKind is a kind of the Gateway API.
type GatewayKind struct{ Resource, Kind string }

// RouteKinds lists the kinds of routes, by resource.
func RouteKinds() []GatewayKind {
	return []GatewayKind{
		{"grpcroutes", "GRPCRoute"}, {"httproutes", "HTTPRoute"}, {"tcproutes", "TCPRoute"}, {"tlsroutes", "TLSRoute"},
		{"udproutes", "UDPRoute"},
	}
}

// GrantKind is the kind that permits references to another namespace.
func GrantKind() GatewayKind { return GatewayKind{"referencegrants", "ReferenceGrant"} }

// RouteOf reads what matters of a route of the Gateway API, of any kind and version: the versions do not differ in it. A
// route that hangs on no Gateway, as one of a service mesh, leads nowhere from outside. What is not as the API has it is
// left out.
func RouteOf(object *unstructured.Unstructured) Route {
	r := Route{Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName()}
	onGateway := false
	for _, ref := range fieldsIn(object.Object, "spec", "parentRefs") {
		onGateway = onGateway || cmp.Or(textIn(ref, "kind"), "Gateway") == "Gateway" &&
			cmp.Or(textIn(ref, "group"), GatewayGroup) == GatewayGroup
	}
	if !onGateway {
		return r
	}
	for _, rule := range fieldsIn(object.Object, "spec", "rules") {
		for _, ref := range fieldsIn(rule, "backendRefs") {
			if textIn(ref, "group") != "" || cmp.Or(textIn(ref, "kind"), kindService) != kindService || textIn(ref, "name") == "" {
				continue
			}
			port, _, _ := unstructured.NestedInt64(ref, "port")
			if port < minPort || port > maxPort {
				port = 0
			}
			r.Backends = append(r.Backends, Backend{textIn(ref, "namespace"), textIn(ref, "name"), int32(port)})
		}
	}
	return r
}

const kindService = "Service"

// Grant is a ReferenceGrant, as far as it is about Services.
type Grant struct {
	Namespace, Name string
	// From are the routes that may refer to Services of the namespace.
	From []GrantFrom
	// Services are those that they may refer to; any where AnyService is true.
	Services   []string
	AnyService bool
}

// GrantFrom is a kind of route in a namespace.
type GrantFrom struct{ Kind, Namespace string }

// GrantOf reads a ReferenceGrant, of any version.
func GrantOf(object *unstructured.Unstructured) Grant {
	g := Grant{Namespace: object.GetNamespace(), Name: object.GetName()}
	for _, from := range fieldsIn(object.Object, "spec", "from") {
		if textIn(from, "group") == GatewayGroup {
			g.From = append(g.From, GrantFrom{textIn(from, "kind"), textIn(from, "namespace")})
		}
	}
	for _, to := range fieldsIn(object.Object, "spec", "to") {
		name := textIn(to, "name")
		switch {
		case textIn(to, "group") != "" || textIn(to, "kind") != kindService:
		case name == "":
			g.AnyService = true
		default:
			g.Services = append(g.Services, name)
		}
	}
	return g
}

// fieldsIn are the objects of a list.
func fieldsIn(object map[string]any, path ...string) []map[string]any {
	value, _, err := unstructured.NestedFieldNoCopy(object, path...)
	list, ok := value.([]any)
	if err != nil || !ok {
		return nil
	}
	var out []map[string]any
	for _, item := range list {
		if fields, ok := item.(map[string]any); ok {
			out = append(out, fields)
		}
	}
	return out
}

// textIn is a field that is text; empty where it is not given.
func textIn(object map[string]any, field string) string {
	text, _ := object[field].(string)
	return text
}
