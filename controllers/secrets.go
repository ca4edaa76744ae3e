package controllers

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"sigs.k8s.io/controller-runtime/pkg/cache"
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
	return feed{
		source: snapshot.Secrets,
		object: secretMetadata(),
		upsert: func(o client.Object) snapshot.Affected { return with(o, s.UpsertSecret) },
		remove: func(o client.Object) snapshot.Affected { return s.DeleteSecret(client.ObjectKeyFromObject(o)) },
	}
}

// secretCache asks for tokens only, since metadata does not tell the type, and keeps whose they are.
func secretCache() cache.ByObject {
	return cache.ByObject{Field: fields.ParseSelectorOrDie(snapshot.TokenSecretSelector), Transform: stripSecret}
}

func stripSecret(object any) (any, error) {
	if m, ok := object.(*metav1.PartialObjectMetadata); ok {
		snapshot.StripSecret(m)
	}
	return object, nil
}
