package loader

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/model"
)

// extension is an object of a kind that somebody may have installed: a policy of another kind, or a route.
type extension struct {
	unstructured.Unstructured

	of model.Extension
}

// newExtension returns an empty object of such a kind, in whatever version, nil for any other.
func newExtension(kind metav1.TypeMeta) (object metav1.Object, namespaced bool) {
	e, ok := model.ExtensionOf(schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind).GroupKind())
	if !ok {
		return nil, false
	}
	return &extension{of: e}, e.Namespaced
}

// UnmarshalJSON takes the object as it stands there: of which fields the kind has, its owner decides.
func (e *extension) UnmarshalJSON(data []byte) error {
	if err := e.Unstructured.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("reading an object of %s: %w", e.of.Kind, err)
	}
	return nil
}
