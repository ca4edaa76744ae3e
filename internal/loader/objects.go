package loader

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

const rbacVersion = rbacv1.GroupName + "/v1"

// newObject returns an empty object of a kind that is read, and whether the kind is namespaced; nil for any other.
func newObject(kind metav1.TypeMeta) (object metav1.Object, namespaced bool) {
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 Namespace":
		return &corev1.Namespace{}, false
	case "v1 Node":
		return &corev1.Node{}, false
	case "v1 PersistentVolume":
		return &corev1.PersistentVolume{}, false
	case "v1 Pod":
		return &corev1.Pod{}, true
	case "v1 Secret":
		return &secret{}, true
	case "v1 ServiceAccount":
		return &corev1.ServiceAccount{}, true
	case rbacVersion + " ClusterRole":
		return &rbacv1.ClusterRole{}, false
	case rbacVersion + " ClusterRoleBinding":
		return &rbacv1.ClusterRoleBinding{}, false
	case rbacVersion + " Role":
		return &rbacv1.Role{}, true
	case rbacVersion + " RoleBinding":
		return &rbacv1.RoleBinding{}, true
	default:
		owner := newOwner(kind)
		return owner, owner != nil
	}
}

// newOwner returns an empty object of a kind that makes pods, nil for any other.
func newOwner(kind metav1.TypeMeta) metav1.Object {
	switch kind.APIVersion + " " + kind.Kind {
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

// Add strips an object as the caches of the controller do and records it in the snapshot, or in the grants where it is a
// role or a binding. It changes the object. An object of a kind that neither holds is left out.
func Add(s *snapshot.Snapshot, grants *rbac.Index, object any) {
	switch o := object.(type) {
	case *rbacv1.Role:
		grants.UpsertRole(o)
	case *rbacv1.ClusterRole:
		grants.UpsertClusterRole(o)
	case *rbacv1.RoleBinding:
		grants.UpsertRoleBinding(o)
	case *rbacv1.ClusterRoleBinding:
		grants.UpsertClusterRoleBinding(o)
	default:
		addToSnapshot(s, object)
	}
}

func addToSnapshot(s *snapshot.Snapshot, object any) {
	switch o := object.(type) {
	case *corev1.Pod:
		setServiceAccountName(&o.Spec)
		snapshot.StripPod(o)
		s.UpsertPod(o)
	case *corev1.ServiceAccount:
		s.UpsertServiceAccount(o)
	case *secret:
		s.UpsertSecret(o.metadata())
	case *metav1.PartialObjectMetadata: // Of a Secret with a token: nothing else is listed by its metadata.
		snapshot.StripSecret(o)
		s.UpsertSecret(o)
	case *corev1.Namespace:
		s.UpsertNamespace(o)
	case *corev1.Node:
		s.UpsertNode(o)
	case *corev1.PersistentVolume:
		s.UpsertPersistentVolume(o)
	default:
		snapshot.StripOwner(object)
		if owner := snapshot.OwnerOf(object); owner != nil {
			if owner.Template != nil {
				setServiceAccountName(&owner.Template.Spec)
			}
			s.UpsertOwner(owner)
		}
	}
}

// setServiceAccountName does what the API server does when it reads a spec with the old name of the field.
func setServiceAccountName(spec *corev1.PodSpec) {
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
}
