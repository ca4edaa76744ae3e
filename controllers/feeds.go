package controllers

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups="",resources=pods;serviceaccounts;namespaces;nodes;persistentvolumes;replicationcontrollers,verbs=get;list;watch
// +kubebuilder:rbac:groups="",resources=limitranges;resourcequotas,verbs=get;list;watch
// +kubebuilder:rbac:groups=scheduling.k8s.io,resources=priorityclasses,verbs=get;list;watch
// +kubebuilder:rbac:groups=node.k8s.io,resources=runtimeclasses,verbs=get;list;watch
// +kubebuilder:rbac:groups=apps,resources=deployments;replicasets;statefulsets;daemonsets,verbs=get;list;watch
// +kubebuilder:rbac:groups=batch,resources=jobs;cronjobs,verbs=get;list;watch

// feed ties a kind of object to what the snapshot does with what the cache keeps of it.
type feed struct {
	source snapshot.Source
	object client.Object // of the kind
	// earlier is of the version that API servers serve which do not serve that of object; nil where all do.
	earlier client.Object
	upsert  func(any) snapshot.Affected
	remove  func(any) snapshot.Affected
}

// versions are those that the kind may be served in, the one that is preferred first.
func (fd *feed) versions() []client.Object {
	if fd.earlier == nil {
		return []client.Object{fd.object}
	}
	return []client.Object{fd.object, fd.earlier}
}

// feedsOf lists the feeds of a snapshot, one a source.
func feedsOf(s *snapshot.Snapshot) []feed {
	return []feed{
		projected(snapshot.Pods, &corev1.Pod{}, s.UpsertPod, func(p *snapshot.Pod) snapshot.Affected {
			return s.DeletePod(types.NamespacedName{Namespace: p.Namespace, Name: p.Name})
		}),
		feedOf(snapshot.Nodes, s.UpsertNode, func(n *corev1.Node) snapshot.Affected { return s.DeleteNode(n.Name) }),
		feedOf(snapshot.ServiceAccounts, s.UpsertServiceAccount, func(a *corev1.ServiceAccount) snapshot.Affected {
			return s.DeleteServiceAccount(client.ObjectKeyFromObject(a))
		}),
		feedOf(snapshot.PersistentVolumes, s.UpsertPersistentVolume, func(v *corev1.PersistentVolume) snapshot.Affected {
			return s.DeletePersistentVolume(v.Name)
		}),
		secretFeed(s),
		feedOf(snapshot.LimitRanges, s.UpsertLimitRange, func(l *corev1.LimitRange) snapshot.Affected {
			return s.DeleteLimitRange(l.Namespace, l.Name)
		}),
		feedOf(snapshot.ResourceQuotas, s.UpsertResourceQuota, func(q *corev1.ResourceQuota) snapshot.Affected {
			return s.DeleteResourceQuota(q.Namespace, q.Name)
		}),
		feedOf(snapshot.PriorityClasses, s.UpsertPriorityClass, func(c *schedulingv1.PriorityClass) snapshot.Affected {
			return s.DeletePriorityClass(c.Name)
		}),
		feedOf(snapshot.RuntimeClasses, s.UpsertRuntimeClass, func(c *nodev1.RuntimeClass) snapshot.Affected {
			return s.DeleteRuntimeClass(c.Name)
		}),
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
	return projected(source, P(new(T)), upsert, remove)
}

// projected makes a feed from verbs that take what the cache keeps of a kind of object.
func projected[P any](source snapshot.Source, object client.Object, upsert, remove func(P) snapshot.Affected) feed {
	return feed{
		source: source,
		object: object,
		upsert: func(o any) snapshot.Affected { return with(o, upsert) },
		remove: func(o any) snapshot.Affected { return with(o, remove) },
	}
}

// with calls a verb where the object has its type: an informer brings no other.
func with[P any](o any, verb func(P) snapshot.Affected) snapshot.Affected {
	if typed, ok := o.(P); ok {
		return verb(typed)
	}
	return nil
}

func ownerFeed(s *snapshot.Snapshot, source snapshot.Source, object client.Object) feed {
	return projected(source, object, s.UpsertOwner, func(o *snapshot.Owner) snapshot.Affected { return s.DeleteOwner(o.Key) })
}
