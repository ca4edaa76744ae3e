package controllers

import (
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

// CacheOptions keep in memory what the audit reads, as the snapshot projects it, and nothing that may hold a secret. A kind
// that no feed asked for is never read behind our back.
//
// All kinds share one transform: about each kind that has options of its own the cache would ask the API server, and fail to
// start where it is not served.
func CacheOptions(s *snapshot.Snapshot, states *SourceErrors) cache.Options {
	unfinished := fields.AndSelectors(
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
	)
	return cache.Options{
		ReaderFailOnMissingInformer:  true,
		DefaultUnsafeDisableDeepCopy: ptr.To(true),
		DefaultWatchErrorHandler:     states.Handle,
		DefaultTransform:             func(object any) (any, error) { return keep(s, object) },
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Pod{}:    {Field: unfinished},
			secretMetadata(): {Field: fields.ParseSelectorOrDie(snapshot.TokenSecretSelector)},
		},
	}
}

// keep is what the cache keeps of an object.
func keep(s *snapshot.Snapshot, object any) (any, error) {
	switch o := object.(type) {
	case *daysixv1alpha1.PodSecurityReport:
		return publish.Transform(o)
	case *daysixv1alpha1.AuditException:
		o.ManagedFields, o.Annotations = nil, nil
	case *corev1.Node:
		stripNode(o)
	case *corev1.PersistentVolume:
		stripVolume(o)
	case *metav1.PartialObjectMetadata: // Of a Secret: nothing else is read by its metadata.
		snapshot.StripSecret(o)
	case *corev1.ServiceAccount:
		stripServiceAccount(o)
	case *admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding,
		*admissionregistrationv1.MutatingAdmissionPolicy, *admissionregistrationv1.MutatingAdmissionPolicyBinding,
		*admissionregistrationv1beta1.MutatingAdmissionPolicy, *admissionregistrationv1beta1.MutatingAdmissionPolicyBinding,
		*admissionregistrationv1.ValidatingWebhookConfiguration, *admissionregistrationv1.MutatingWebhookConfiguration:
		if m, ok := o.(metav1.Object); ok {
			admission.StripManagedFields(m)
		}
		return admission.Current(o)
	default:
		projected := s.Transform(object)
		if m, ok := projected.(metav1.Object); ok && projected == object {
			m.SetManagedFields(nil)
			m.SetAnnotations(nil)
		}
		return projected, nil
	}
	return object, nil
}

// stripServiceAccount keeps what says which Secrets its pods may name.
func stripServiceAccount(a *corev1.ServiceAccount) {
	value, set := a.Annotations[snapshot.OnlyListedSecrets]
	a.ManagedFields, a.Annotations = nil, nil
	if set {
		a.Annotations = map[string]string{snapshot.OnlyListedSecrets: value}
	}
}

// stripNode keeps the role, the cloud and the addresses of a node. The labels stay: later rules ask for more of them.
func stripNode(n *corev1.Node) {
	n.ManagedFields, n.Annotations = nil, nil
	n.Spec = corev1.NodeSpec{ProviderID: n.Spec.ProviderID, PodCIDRs: n.Spec.PodCIDRs}
	n.Status = corev1.NodeStatus{Addresses: n.Status.Addresses}
}

// stripVolume keeps what lies on a node and for which claim. What a driver is told may hold credentials.
func stripVolume(v *corev1.PersistentVolume) {
	v.ManagedFields, v.Annotations = nil, nil
	source := corev1.PersistentVolumeSource{HostPath: v.Spec.HostPath, Local: v.Spec.Local}
	v.Spec = corev1.PersistentVolumeSpec{PersistentVolumeSource: source, ClaimRef: v.Spec.ClaimRef}
	v.Status = corev1.PersistentVolumeStatus{Phase: v.Status.Phase}
}
