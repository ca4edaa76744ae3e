package admission

import (
	"encoding/json"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "sigs.k8s.io/json"
)

// ToV1 reads a policy or a binding of an earlier version, typed or unstructured, as one of v1: the versions of these kinds
// differ in name only. A field that v1 does not have is an error, for it might decide.
func ToV1[T any](object any) (*T, error) {
	encoded, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("reading %T as v1: %w", object, err)
	}
	out := new(T)
	strict, err := utiljson.UnmarshalStrict(encoded, out)
	if err != nil || len(strict) > 0 {
		return nil, fmt.Errorf("reading %T as v1: %w", object, errors.Join(append(strict, err)...))
	}
	if versioned, ok := any(out).(runtime.Object); ok {
		kind := versioned.GetObjectKind()
		kind.SetGroupVersionKind(admissionregistrationv1.SchemeGroupVersion.WithKind(kind.GroupVersionKind().Kind))
	}
	return out, nil
}
