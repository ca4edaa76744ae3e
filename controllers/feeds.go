package controllers

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups="",resources=pods;serviceaccounts;namespaces;nodes;persistentvolumes;replicationcontrollers,verbs=get;list;watch
// +kubebuilder:rbac:groups=apps,resources=deployments;replicasets;statefulsets;daemonsets,verbs=get;list;watch
// +kubebuilder:rbac:groups=batch,resources=jobs;cronjobs,verbs=get;list;watch

// feed ties a kind of object to what the snapshot does with it.
type feed struct {
	source snapshot.Source
	object client.Object
	upsert func(client.Object) snapshot.Affected
	remove func(client.Object) snapshot.Affected
}

// feedsOf lists the feeds of a snapshot, one a source.
func feedsOf(s *snapshot.Snapshot) []feed {
	return []feed{
		feedOf(snapshot.Pods, s.UpsertPod, byName(s.DeletePod)),
		feedOf(snapshot.Nodes, s.UpsertNode, func(n *corev1.Node) snapshot.Affected { return s.DeleteNode(n.Name) }),
		feedOf(snapshot.Namespaces, s.UpsertNamespace, func(n *corev1.Namespace) snapshot.Affected { return s.DeleteNamespace(n.Name) }),
		feedOf(snapshot.ServiceAccounts, s.UpsertServiceAccount, func(a *corev1.ServiceAccount) snapshot.Affected {
			return s.DeleteServiceAccount(client.ObjectKeyFromObject(a))
		}),
		feedOf(snapshot.PersistentVolumes, s.UpsertPersistentVolume, func(v *corev1.PersistentVolume) snapshot.Affected {
			return s.DeletePersistentVolume(v.Name)
		}),
		secretFeed(s),
		ownerFeed(s, snapshot.Deployments, &appsv1.Deployment{}),
		ownerFeed(s, snapshot.ReplicaSets, &appsv1.ReplicaSet{}),
		ownerFeed(s, snapshot.StatefulSets, &appsv1.StatefulSet{}),
		ownerFeed(s, snapshot.DaemonSets, &appsv1.DaemonSet{}),
		ownerFeed(s, snapshot.Jobs, &batchv1.Job{}),
		ownerFeed(s, snapshot.CronJobs, &batchv1.CronJob{}),
		ownerFeed(s, snapshot.ReplicationControllers, &corev1.ReplicationController{}),
	}
}

// feedOf makes a feed from verbs that take the typed object.
func feedOf[T any, P interface {
	*T
	client.Object
}](source snapshot.Source, upsert, remove func(P) snapshot.Affected) feed {
	return feed{
		source: source,
		object: P(new(T)),
		upsert: func(o client.Object) snapshot.Affected { return with(o, upsert) },
		remove: func(o client.Object) snapshot.Affected { return with(o, remove) },
	}
}

// with calls a verb where the object has its type: an informer brings no other.
func with[P client.Object](o client.Object, verb func(P) snapshot.Affected) snapshot.Affected {
	if typed, ok := o.(P); ok {
		return verb(typed)
	}
	return nil
}

func byName(remove func(types.NamespacedName) snapshot.Affected) func(*corev1.Pod) snapshot.Affected {
	return func(p *corev1.Pod) snapshot.Affected { return remove(client.ObjectKeyFromObject(p)) }
}

func ownerFeed(s *snapshot.Snapshot, source snapshot.Source, object client.Object) feed {
	return feed{
		source: source,
		object: object,
		upsert: func(o client.Object) snapshot.Affected { return s.UpsertOwner(snapshot.OwnerOf(o)) },
		remove: func(o client.Object) snapshot.Affected { return s.DeleteOwner(snapshot.OwnerOf(o).Key) },
	}
}
