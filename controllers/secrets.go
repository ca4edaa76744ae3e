package controllers

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// There is no marker for Secrets here: the right to list and watch them comes with config/components/secret-metadata.

// secretMetadata is what Secrets are asked for as. The API server then sends their metadata and never a value.
func secretMetadata() *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
	return object
}

// secretFeed follows the Secrets that hold a token. The snapshot says whether they are asked for at all.
func secretFeed(s *snapshot.Snapshot) feed {
	return projected(snapshot.Secrets, secretMetadata(), s.UpsertSecret, func(m *metav1.PartialObjectMetadata) snapshot.Affected {
		return s.DeleteSecret(client.ObjectKeyFromObject(m))
	})
}
