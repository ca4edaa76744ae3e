package admission

import (
	"encoding/json"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "sigs.k8s.io/json"
)

// Current is a MutatingAdmissionPolicy or a binding of one in v1, if it was given in v1beta1: that is what Kubernetes 1.34 and
// 1.35 serve of them, where they are told to (KEP-3962). Any other object is returned as it is.
func Current(object any) (any, error) {
	switch object.(type) {
	case *admissionregistrationv1beta1.MutatingAdmissionPolicy:
		return ToV1[admissionregistrationv1.MutatingAdmissionPolicy](object)
	case *admissionregistrationv1beta1.MutatingAdmissionPolicyBinding:
		return ToV1[admissionregistrationv1.MutatingAdmissionPolicyBinding](object)
	default:
		return object, nil
	}
}

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
