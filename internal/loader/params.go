package loader

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/admission"
)

// keepAside keeps an object of a kind that is not read, in case a policy among the files takes its parameters from it.
func (l *loader) keepAside(encoded []byte, kind metav1.TypeMeta) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(encoded); err != nil {
		return // It is counted among the ignored ones.
	}
	object.SetGroupVersionKind(schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind))
	l.others = append(l.others, object)
}

// addParams hands the policies their parameters. A kind of which the files hold no object is taken to have none.
func (l *loader) addParams() {
	for _, kind := range l.model.Policies.ParamKinds() {
		namespaced := l.isNamespaced(&kind)
		l.model.Policies.SetParamKind(kind.Kind, admission.ParamStatus{State: admission.ParamsSynced, Namespaced: namespaced})
		for _, object := range l.others {
			if object.GroupVersionKind() != kind.Kind {
				continue
			}
			if namespaced && object.GetNamespace() == "" {
				object.SetNamespace(l.namespace)
			}
			if _, err := l.model.Policies.UpsertParam(kind.Kind, object); err != nil {
				l.fail(fmt.Errorf("%s %s/%s: %w", kind.Kind.Kind, object.GetNamespace(), object.GetName(), err))
			}
		}
		delete(l.ignored, KindCount{APIVersion: kind.Kind.GroupVersion().String(), Kind: kind.Kind.Kind})
	}
}

// isNamespaced tells it by the kind where that is Kubernetes' own, else by what the files say.
func (l *loader) isNamespaced(kind *admission.ParamKind) bool {
	if kind.Kind.GroupVersion() == (schema.GroupVersion{Version: "v1"}) {
		return kind.Kind.Kind != "Namespace" && kind.Kind.Kind != "Node" && kind.Kind.Kind != "PersistentVolume"
	}
	for _, ref := range kind.Refs {
		if ref.Namespace != "" {
			return true
		}
	}
	for _, object := range l.others {
		if object.GroupVersionKind() == kind.Kind && object.GetNamespace() != "" {
			return true
		}
	}
	return false
}
