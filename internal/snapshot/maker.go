package snapshot

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Maker is an object that makes pods.
type Maker interface {
	metav1.Object
	runtime.Object
}

// NewMaker returns an empty object of one of the kinds that owners are read of; nil for any other.
func NewMaker(apiVersion, kind string) Maker {
	switch apiVersion + " " + kind {
	case "v1 ReplicationController":
		return &corev1.ReplicationController{}
	case "apps/v1 Deployment":
		return &appsv1.Deployment{}
	case "apps/v1 ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "apps/v1 StatefulSet":
		return &appsv1.StatefulSet{}
	case "apps/v1 DaemonSet":
		return &appsv1.DaemonSet{}
	case "batch/v1 Job":
		return &batchv1.Job{}
	case "batch/v1 CronJob":
		return &batchv1.CronJob{}
	default:
		return nil
	}
}
