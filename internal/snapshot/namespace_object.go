package snapshot

import (
	"encoding/json"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// enforceVersionLabel is the label of a namespace with the version of the level that is enforced.
const enforceVersionLabel = enforceLabel + "-version"

// Namespace is what is kept of a namespace, and what the transform of the cache makes of one.
type Namespace struct {
	// ObjectMeta with labels and annotations, which policies select by and read. They belong to all who read them.
	metav1.ObjectMeta
	// Phase is Active, or Terminating.
	Phase corev1.NamespacePhase
	// EnforcedSince is when what Pod Security enforces was last set by a label, as far as managed fields tell; the zero
	// time where no label says anything.
	EnforcedSince metav1.Time
}

func projectNamespace(object *corev1.Namespace) *Namespace {
	n := &Namespace{ObjectMeta: identityOf(&object.ObjectMeta), Phase: object.Status.Phase}
	n.Labels, n.Annotations = object.Labels, withoutManifest(object.Annotations)
	if n.enforced() != (enforced{}) {
		n.EnforcedSince = labelledAt(&object.ObjectMeta, enforceLabel, enforceVersionLabel)
	}
	return n
}

// Object is the namespace in the form of the API, as far as it is kept.
func (n *Namespace) Object() *corev1.Namespace {
	return &corev1.Namespace{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: n.ObjectMeta, Status: corev1.NamespaceStatus{Phase: n.Phase},
	}
}

// enforced is what labels say that Pod Security enforces.
type enforced struct{ level, version string }

func (n *Namespace) enforced() enforced {
	return enforced{n.Labels[enforceLabel], n.Labels[enforceVersionLabel]}
}

// after is the namespace with the time at which what is enforced was set before, where that has not changed: managed fields
// only know when the one who set it set anything.
func (n *Namespace) after(old *Namespace) *Namespace {
	if n == nil || old == nil || n.UID != old.UID || n.enforced() != old.enforced() {
		return n
	}
	kept := *n
	kept.EnforcedSince = old.EnforcedSince
	return &kept
}

func (n *Namespace) same(other *Namespace) bool {
	if n == nil || other == nil {
		return n == other
	}
	return n.UID == other.UID && n.Phase == other.Phase && n.EnforcedSince.Equal(&other.EnforcedSince) &&
		maps.Equal(n.Labels, other.Labels) && maps.Equal(n.Annotations, other.Annotations)
}

// labelledAt is the latest time at which somebody who set one of the labels wrote to the object; that of its creation where
// managed fields do not tell.
func labelledAt(meta *metav1.ObjectMeta, names ...string) metav1.Time {
	latest := metav1.Time{}
	for i := range meta.ManagedFields {
		entry := &meta.ManagedFields[i]
		if entry.Time == nil || entry.FieldsV1 == nil || !ownsLabel(entry.FieldsV1.GetRawBytes(), names) {
			continue
		}
		if latest.Before(entry.Time) {
			latest = *entry.Time
		}
	}
	if latest.IsZero() {
		return meta.CreationTimestamp
	}
	return latest
}

func ownsLabel(fields []byte, names []string) bool {
	var set struct {
		Metadata struct {
			Labels map[string]json.RawMessage `json:"f:labels"`
		} `json:"f:metadata"`
	}
	if json.Unmarshal(fields, &set) != nil {
		return false
	}
	for _, name := range names {
		if _, owned := set.Metadata.Labels["f:"+name]; owned {
			return true
		}
	}
	return false
}
