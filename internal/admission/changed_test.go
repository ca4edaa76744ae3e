package admission

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestWhenAnObjectChanged(t *testing.T) {
	day := func(n int) metav1.Time { return metav1.NewTime(time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)) }
	entry := func(n int, subresource, fields string) metav1.ManagedFieldsEntry {
		at := day(n)
		return metav1.ManagedFieldsEntry{Manager: "m", Time: &at, Subresource: subresource, FieldsV1: metav1.NewFieldsV1(fields)}
	}
	for name, test := range map[string]struct {
		created metav1.Time
		managed []metav1.ManagedFieldsEntry
		want    metav1.Time
	}{
		"An object from a manifest":          {want: metav1.Time{}},
		"One that nobody changed":            {day(1), []metav1.ManagedFieldsEntry{entry(1, "", `{"f:spec":{}}`)}, day(1)},
		"The latest of several changes":      {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `{"f:spec":{}}`), entry(3, "", `{"f:spec":{}}`)}, day(5)},
		"A change of its metadata":           {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `{"f:metadata":{"f:labels":{}}}`)}, day(1)},
		"A change of its status":             {day(1), []metav1.ManagedFieldsEntry{entry(5, "status", `{"f:status":{}}`), entry(6, "", `{"f:status":{}}`)}, day(1)},
		"A change of webhooks":               {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `{"f:webhooks":{}}`)}, day(5)},
		"A change of data":                   {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `{"f:metadata":{},"f:data":{}}`)}, day(5)},
		"A change that cannot be read":       {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `text`)}, day(5)},
		"A change of which nothing is said":  {day(1), []metav1.ManagedFieldsEntry{{Manager: "m"}}, day(1)},
		"A change of which no field is said": {day(1), []metav1.ManagedFieldsEntry{entry(5, "", `{}`)}, day(1)},
	} {
		t.Run(name, func(t *testing.T) {
			object := &metav1.ObjectMeta{CreationTimestamp: test.created, ManagedFields: test.managed}
			got := ChangedAt(object)
			StripManagedFields(object)
			if after := ChangedAt(object); !got.Equal(&test.want) || !after.Equal(&test.want) || len(object.ManagedFields) > 1 {
				t.Errorf("%v, stripped to %v %v, want %v", got, object.ManagedFields, after, test.want)
			}
		})
	}
}

func TestEarlierVersionsAreReadAsV1(t *testing.T) {
	want := &admissionregistrationv1.MutatingAdmissionPolicy{
		TypeMeta:   metav1.TypeMeta{Kind: "MutatingAdmissionPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "m"},
		Spec: admissionregistrationv1.MutatingAdmissionPolicySpec{
			ReinvocationPolicy: admissionregistrationv1.IfNeededReinvocationPolicy,
			Mutations: []admissionregistrationv1.Mutation{{
				PatchType: admissionregistrationv1.PatchTypeJSONPatch, JSONPatch: &admissionregistrationv1.JSONPatch{Expression: "[]"},
			}},
		},
	}
	want.APIVersion = "admissionregistration.k8s.io/v1"
	typed := &admissionregistrationv1beta1.MutatingAdmissionPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "admissionregistration.k8s.io/v1beta1", Kind: "MutatingAdmissionPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "m"},
		Spec: admissionregistrationv1beta1.MutatingAdmissionPolicySpec{
			ReinvocationPolicy: "IfNeeded",
			Mutations:          []admissionregistrationv1beta1.Mutation{{PatchType: "JSONPatch", JSONPatch: &admissionregistrationv1beta1.JSONPatch{Expression: "[]"}}},
		},
	}
	raw := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1alpha1", "kind": "MutatingAdmissionPolicy", "metadata": map[string]any{"name": "m"},
		"spec": map[string]any{"reinvocationPolicy": "IfNeeded", "mutations": []any{
			map[string]any{"patchType": "JSONPatch", "jsonPatch": map[string]any{"expression": "[]"}},
		}},
	}}
	for name, given := range map[string]any{"typed": typed, "unstructured": raw} {
		t.Run(name, func(t *testing.T) {
			got, err := ToV1[admissionregistrationv1.MutatingAdmissionPolicy](given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if err := unstructured.SetNestedField(raw.Object, true, "spec", "quarantine"); err != nil {
		t.Fatal(err)
	}
	if _, err := ToV1[admissionregistrationv1.MutatingAdmissionPolicy](raw); err == nil {
		t.Error("a field that v1 does not have is dropped")
	}
}
