package loader

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"

	"github.com/daysix/daysix/internal/snapshot"
)

// secret is what is read of the manifest of a Secret: never its values.
type secret struct {
	metav1.ObjectMeta
	kind corev1.SecretType
}

// UnmarshalJSON takes metadata and type. What else stands there is not looked at: values are none of our business, and
// tools that encrypt manifests add fields of their own.
func (s *secret) UnmarshalJSON(data []byte) error {
	var read struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
		Type     corev1.SecretType `json:"type"`
	}
	err := json.UnmarshalCaseSensitivePreserveInts(data, &read)
	s.ObjectMeta, s.kind = read.Metadata, read.Type
	return err
}

// metadata is that of a token where the Secret is one, else metadata that names no ServiceAccount.
func (s *secret) metadata() *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{ObjectMeta: s.ObjectMeta}
	snapshot.StripSecret(object)
	if s.kind != corev1.SecretTypeServiceAccountToken {
		object.Annotations = nil
	}
	return object
}
