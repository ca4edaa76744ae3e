package admission

import (
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ChangedAt is the latest time at which anything but the metadata and the status of an object changed, as far as the object
// says: what its managed fields record, else its creation. It is zero for an object from a manifest. A manager that changes
// metadata and spec has one time for both, so that the answer may be too late, never too early.
func ChangedAt(object metav1.Object) metav1.Time {
	latest := object.GetCreationTimestamp()
	managed := object.GetManagedFields()
	for i := range managed {
		if managed[i].Time != nil && changesMeaning(&managed[i]) {
			latest = later(latest, *managed[i].Time)
		}
	}
	return latest
}

// StripManagedFields leaves of the managed fields only what ChangedAt reads, one entry without names. It is meant for the
// transform of a cache.
func StripManagedFields(object metav1.Object) {
	created, changed := object.GetCreationTimestamp(), ChangedAt(object)
	object.SetManagedFields(nil)
	if created.Before(&changed) {
		object.SetManagedFields([]metav1.ManagedFieldsEntry{{Time: &changed, FieldsV1: metav1.NewFieldsV1(`{"f:spec":{}}`)}})
	}
}

func changesMeaning(entry *metav1.ManagedFieldsEntry) bool {
	if entry.Subresource != "" || entry.FieldsV1 == nil {
		return false
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields); err != nil {
		// The API server wrote something else than today: a change is assumed.
		return true
	}
	aside := []string{"f:metadata", "f:status", "."}
	for field := range fields {
		if !slices.Contains(aside, field) {
			return true
		}
	}
	return false
}
