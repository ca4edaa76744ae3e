package controllers

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

// CacheOptions keep in memory what rules read, and nothing that may hold a secret. A kind that no feed asked for is never
// read behind our back.
func CacheOptions(states *SourceErrors) cache.Options {
	unfinished := fields.AndSelectors(
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
	)
	return cache.Options{
		ReaderFailOnMissingInformer:  true,
		DefaultUnsafeDisableDeepCopy: ptr.To(true),
		DefaultWatchErrorHandler:     states.Handle,
		DefaultTransform:             stripOther,
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Pod{}:                   {Field: unfinished, Transform: stripPod},
			&appsv1.Deployment{}:            {Transform: stripOwner},
			&appsv1.ReplicaSet{}:            {Transform: stripOwner},
			&appsv1.StatefulSet{}:           {Transform: stripOwner},
			&appsv1.DaemonSet{}:             {Transform: stripOwner},
			&batchv1.Job{}:                  {Transform: stripOwner},
			&batchv1.CronJob{}:              {Transform: stripOwner},
			&corev1.ReplicationController{}: {Transform: stripOwner},
			&corev1.Node{}:                  {Transform: stripNode},
			&corev1.PersistentVolume{}:      {Transform: stripVolume},
			secretMetadata():                secretCache(),
		},
	}
}

// stripOther is for the kinds without a transform of their own. Reports are among them: the cache would ask the API server
// about each kind that it has options for, and fail to start where reports are not served yet.
func stripOther(object any) (any, error) {
	if r, ok := object.(*daysixv1alpha1.PodSecurityReport); ok {
		return publish.Transform(r)
	}
	if o, ok := object.(metav1.Object); ok {
		o.SetManagedFields(nil)
		o.SetAnnotations(nil)
	}
	return object, nil
}

func stripPod(object any) (any, error) {
	if p, ok := object.(*corev1.Pod); ok {
		snapshot.StripPod(p)
	}
	return object, nil
}

func stripOwner(object any) (any, error) {
	snapshot.StripOwner(object)
	return object, nil
}

// stripNode keeps the role and the cloud of a node. The labels stay: later rules ask for more of them.
func stripNode(object any) (any, error) {
	if n, ok := object.(*corev1.Node); ok {
		n.ManagedFields, n.Annotations = nil, nil
		n.Spec = corev1.NodeSpec{ProviderID: n.Spec.ProviderID}
		n.Status = corev1.NodeStatus{}
	}
	return object, nil
}

// stripVolume keeps what lies on a node and for which claim. What a driver is told may hold credentials.
func stripVolume(object any) (any, error) {
	if v, ok := object.(*corev1.PersistentVolume); ok {
		v.ManagedFields, v.Annotations = nil, nil
		source := corev1.PersistentVolumeSource{HostPath: v.Spec.HostPath, Local: v.Spec.Local}
		v.Spec = corev1.PersistentVolumeSpec{PersistentVolumeSource: source, ClaimRef: v.Spec.ClaimRef}
		v.Status = corev1.PersistentVolumeStatus{Phase: v.Status.Phase}
	}
	return object, nil
}
