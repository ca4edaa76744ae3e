package model

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/snapshot"
)

// Extension is a kind that a cluster has where somebody installed it, and that says something about the network. It is read
// in whatever version it is served.
type Extension struct {
	schema.GroupKind

	Resource   string
	Namespaced bool
	// NamesOnly is true where nothing but the names of the objects is read.
	NamesOnly bool
}

// Extensions lists them: policies that are named and not evaluated, then routes and what permits them.
func Extensions() []Extension {
	var out []Extension
	for _, k := range netpol.PolicyKinds() {
		out = append(out, Extension{schema.GroupKind{Group: k.Group, Kind: k.Kind}, k.Resource, k.Namespaced, true})
	}
	for _, k := range append(netpol.RouteKinds(), netpol.GrantKind()) {
		out = append(out, Extension{schema.GroupKind{Group: netpol.GatewayGroup, Kind: k.Kind}, k.Resource, true, false})
	}
	return out
}

// ExtensionOf returns the extension of a kind.
func ExtensionOf(kind schema.GroupKind) (e Extension, ok bool) {
	for _, e := range Extensions() {
		if e.GroupKind == kind {
			return e, true
		}
	}
	return Extension{}, false
}

// Source is where its objects come from.
func (e Extension) Source() snapshot.Source { return snapshot.Source(e.Resource + "." + e.Group) }

func (e Extension) policy(object metav1.Object) netpol.OtherPolicy {
	return netpol.OtherPolicy{Group: e.Group, Kind: e.Kind, Namespace: object.GetNamespace(), Name: object.GetName()}
}

// UpsertExtension records an object of an extension: an unstructured one, unless nothing but its name is read.
func (m *Model) UpsertExtension(e Extension, object metav1.Object) netpol.Affected {
	if e.NamesOnly {
		return m.Network.UpsertOther(e.policy(object))
	}
	full, ok := object.(*unstructured.Unstructured)
	switch {
	case !ok:
		return netpol.Affected{}
	case e.Kind == netpol.GrantKind().Kind:
		return m.Network.UpsertGrant(netpol.GrantOf(full))
	default:
		r := netpol.RouteOf(full)
		r.Kind = e.Kind
		return m.Network.UpsertRoute(r)
	}
}

// DeleteExtension forgets an object of an extension.
func (m *Model) DeleteExtension(e Extension, object metav1.Object) netpol.Affected {
	switch {
	case e.NamesOnly:
		return m.Network.DeleteOther(e.policy(object))
	case e.Kind == netpol.GrantKind().Kind:
		return m.Network.DeleteGrant(object.GetNamespace(), object.GetName())
	default:
		return m.Network.DeleteRoute(e.Kind, object.GetNamespace(), object.GetName())
	}
}

// ExtensionRead takes note of how well an extension of a live cluster is read. What permits references matters by its absence,
// too: only where all of it is read is a reference refused for certain.
func (m *Model) ExtensionRead(e Extension, state snapshot.State) netpol.Affected {
	if e.Kind != netpol.GrantKind().Kind {
		return netpol.Affected{}
	}
	return m.Network.SetAllGrants(state == snapshot.Synced || state == snapshot.Missing)
}
