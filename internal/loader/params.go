package loader

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/admission"
)

// Aside are objects of kinds that are not read unless a policy takes its parameters from them, or, of ConfigMaps, a container its
// environment. Secrets are never among them.
type Aside struct {
	namespace string // of those that name none
	objects   []*unstructured.Unstructured
}

func (a *Aside) add(encoded []byte, kind metav1.TypeMeta) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(encoded); err != nil {
		return // It is counted among the ignored ones.
	}
	object.SetGroupVersionKind(schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind))
	a.objects = append(a.objects, object)
}

// Add puts the objects of another behind those that are there. Of two of the same name the last one counts.
func (a *Aside) Add(other *Aside) { a.objects = append(a.objects, other.objects...) }

// Names lists the objects of a kind, in the order in which they were given. Those that name no namespace, and are in none, have
// none.
func (a *Aside) Names(kind KindCount) []types.NamespacedName {
	var out []types.NamespacedName
	for _, object := range a.objects {
		if object.GetAPIVersion() == kind.APIVersion && object.GetKind() == kind.Kind {
			out = append(out, types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()})
		}
	}
	return out
}

// AddParams hands policies their parameters where there are no others than these: a kind of which there is no object here is
// taken to have none. It returns the kinds that are parameters, with a count of zero.
func (a *Aside) AddParams(policies *admission.Policies) (params []KindCount, errs []error) {
	for _, kind := range policies.ParamKinds() {
		namespaced := a.isNamespaced(&kind)
		policies.SetParamKind(kind.Kind, admission.ParamStatus{State: admission.ParamsSynced, Namespaced: namespaced})
		errs = append(errs, a.upsert(policies, kind.Kind, namespaced)...)
		params = append(params, KindCount{APIVersion: kind.Kind.GroupVersion().String(), Kind: kind.Kind.Kind})
	}
	return params, errs
}

// ChangeParams hands policies parameters in addition to those of a cluster, or in their place. A kind that the cluster does
// not serve is taken to be served once there are objects of it. It returns what AddParams returns, of the kinds that are here.
func (a *Aside) ChangeParams(policies *admission.Policies) (params []KindCount, errs []error) {
	for _, kind := range policies.ParamKinds() {
		if !a.has(kind.Kind) {
			continue
		}
		status := policies.ParamStatus(kind.Kind)
		if status.State == admission.ParamsMissing {
			status = admission.ParamStatus{State: admission.ParamsSynced, Namespaced: a.isNamespaced(&kind)}
			policies.SetParamKind(kind.Kind, status)
		}
		errs = append(errs, a.upsert(policies, kind.Kind, status.Namespaced)...)
		params = append(params, KindCount{APIVersion: kind.Kind.GroupVersion().String(), Kind: kind.Kind.Kind})
	}
	return params, errs
}

func (a *Aside) has(kind schema.GroupVersionKind) bool {
	for _, object := range a.objects {
		if object.GroupVersionKind() == kind {
			return true
		}
	}
	return false
}

func (a *Aside) upsert(policies *admission.Policies, kind schema.GroupVersionKind, namespaced bool) (errs []error) {
	for _, object := range a.objects {
		if object.GroupVersionKind() != kind {
			continue
		}
		if namespaced && object.GetNamespace() == "" {
			object.SetNamespace(a.namespace)
		}
		if _, err := policies.UpsertParam(kind, object); err != nil {
			errs = append(errs, fmt.Errorf("%s %s/%s: %w", kind.Kind, object.GetNamespace(), object.GetName(), err))
		}
	}
	return errs
}

// isNamespaced tells it by the kind where that is Kubernetes' own, else by what the files say.
func (a *Aside) isNamespaced(kind *admission.ParamKind) bool {
	if kind.Kind.GroupVersion() == (schema.GroupVersion{Version: "v1"}) {
		return kind.Kind.Kind != "Namespace" && kind.Kind.Kind != "Node" && kind.Kind.Kind != "PersistentVolume"
	}
	for _, ref := range kind.Refs {
		if ref.Namespace != "" {
			return true
		}
	}
	for _, object := range a.objects {
		if object.GroupVersionKind() == kind.Kind && object.GetNamespace() != "" {
			return true
		}
	}
	return false
}
