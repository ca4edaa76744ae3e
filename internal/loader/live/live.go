// Package live fills a snapshot from one listing of a cluster. It reads and never writes, and nothing needs to be
// installed there.
package live

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/pager"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

// pageSize is the number of objects in one answer of the API server, as kubectl asks for them.
const pageSize = 500

// list returns one page of a source.
type list func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error)

type source struct {
	name snapshot.Source
	list list
	// own lists those of one namespace, for who may not list all. It does not make the source a read one.
	own list
	// earlier lists those of the version that API servers serve which do not serve that of list.
	earlier list
}

// Clients are those that a cluster is read by.
type Clients struct {
	Kubernetes kubernetes.Interface
	// Secrets reads the metadata of Secrets; nil where nobody asked for it.
	Secrets metadata.Interface
	// Names reads the names of policies of other kinds; without it, nobody asked for what somebody may have installed.
	Names metadata.Interface
	// Params and Mapper read what policies take as their parameters. Without them they are unreadable. Params reads routes, too.
	Params dynamic.Interface
	Mapper meta.RESTMapper
	// ConfigMaps tells that those are read which pods take their environment from, for the hosts that they name.
	ConfigMaps bool
	// OnObject is called after each object; nil where nobody follows.
	OnObject func()
}

// List reads every source of a namespace, or of all of them for metav1.NamespaceAll. Nodes and volumes belong to no
// namespace and are read as a whole, and so are roles, bindings and namespaces: the workloads of one namespace have rights
// in others. Of Secrets, only the metadata of those with a token is read, and only where there is a client for it. A source
// that is forbidden or missing is recorded as such in the snapshot. Any other error ends the listing: half a cluster would
// look like a small one.
func List(ctx context.Context, clients Clients, namespace string, m *model.Model) error {
	all := slices.Concat(
		sources(clients.Kubernetes, namespace), secretSources(clients.Secrets, namespace),
		clusterSources(clients.Kubernetes, namespace), policySources(clients.Kubernetes),
	)
	add := func(object runtime.Object) error {
		current, err := admission.Current(object)
		if err != nil {
			return fmt.Errorf("reading an object: %w", err)
		}
		loader.Add(m, current)
		if clients.OnObject != nil {
			clients.OnObject()
		}
		return nil
	}
	for _, source := range all {
		state, err := read(ctx, source.list, add)
		if state == snapshot.Forbidden && source.own != nil {
			_, err = read(ctx, source.own, add)
		}
		if state == snapshot.Missing && source.earlier != nil {
			state, err = read(ctx, source.earlier, add)
		}
		if err != nil {
			return fmt.Errorf("listing %s: %w", source.name, err)
		}
		m.Snapshot.SetSource(source.name, state)
	}
	if err := clients.listBudgets(ctx, namespace, m, add); err != nil {
		return err
	}
	if err := clients.listExtensions(ctx, m); err != nil {
		return err
	}
	if err := clients.listConfigMaps(ctx, namespace, m.Snapshot); err != nil {
		return err
	}
	return clients.ListParams(ctx, m.Policies)
}

// listBudgets reads the budgets of pods where somebody asks about drains.
func (c *Clients) listBudgets(ctx context.Context, namespace string, m *model.Model, add func(runtime.Object) error) error {
	if m.Drain == nil {
		return nil
	}
	state, err := read(ctx, page(c.Kubernetes.PolicyV1().PodDisruptionBudgets(namespace).List), add)
	if err != nil {
		return fmt.Errorf("listing %s: %w", drain.PodDisruptionBudgets, err)
	}
	m.Drain.SetBudgets(state)
	return nil
}

func read(ctx context.Context, list list, add func(runtime.Object) error) (snapshot.State, error) {
	p := pager.New(pager.ListPageFunc(list))
	p.PageSize = pageSize
	err := p.EachListItem(ctx, metav1.ListOptions{}, add)
	switch {
	case err == nil:
		return snapshot.Synced, nil
	case apierrors.IsForbidden(err):
		return snapshot.Forbidden, nil
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
		return snapshot.Missing, nil
	default:
		return "", err
	}
}

// sources are those of a namespace. They are read in this order: a pod is listed before its owners, so that an owner is
// missing only where it is gone.
func sources(c kubernetes.Interface, namespace string) []source {
	return []source{
		{name: snapshot.Pods, list: page(c.CoreV1().Pods(namespace).List)},
		{name: snapshot.ReplicaSets, list: page(c.AppsV1().ReplicaSets(namespace).List)},
		{name: snapshot.Jobs, list: page(c.BatchV1().Jobs(namespace).List)},
		{name: snapshot.ReplicationControllers, list: page(c.CoreV1().ReplicationControllers(namespace).List)},
		{name: snapshot.Deployments, list: page(c.AppsV1().Deployments(namespace).List)},
		{name: snapshot.StatefulSets, list: page(c.AppsV1().StatefulSets(namespace).List)},
		{name: snapshot.DaemonSets, list: page(c.AppsV1().DaemonSets(namespace).List)},
		{name: snapshot.CronJobs, list: page(c.BatchV1().CronJobs(namespace).List)},
		{name: snapshot.ServiceAccounts, list: page(c.CoreV1().ServiceAccounts(namespace).List)},
		{name: snapshot.Services, list: page(c.CoreV1().Services(namespace).List)},
		{name: snapshot.Ingresses, list: page(c.NetworkingV1().Ingresses(namespace).List)},
		{name: snapshot.LimitRanges, list: page(c.CoreV1().LimitRanges(namespace).List)},
		{name: snapshot.ResourceQuotas, list: page(c.CoreV1().ResourceQuotas(namespace).List)},
	}
}

// secretSources is that of the Secrets with a token, where there is a client for it. No value leaves the API server.
func secretSources(c metadata.Interface, namespace string) []source {
	if c == nil {
		return nil
	}
	all := page(c.Resource(corev1.SchemeGroupVersion.WithResource(string(snapshot.Secrets))).Namespace(namespace).List)
	tokens := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		options.FieldSelector = snapshot.TokenSecretSelector
		return all(ctx, options)
	}
	return []source{{name: snapshot.Secrets, list: tokens}}
}

// clusterSources are read as a whole.
func clusterSources(c kubernetes.Interface, namespace string) []source {
	return []source{
		{name: snapshot.Namespaces, list: page(c.CoreV1().Namespaces().List)},
		{name: snapshot.Nodes, list: page(c.CoreV1().Nodes().List)},
		{name: snapshot.PersistentVolumes, list: page(c.CoreV1().PersistentVolumes().List)},
		{name: snapshot.NetworkPolicies, list: page(c.NetworkingV1().NetworkPolicies(metav1.NamespaceAll).List)},
		{name: snapshot.PriorityClasses, list: page(c.SchedulingV1().PriorityClasses().List)},
		{name: snapshot.RuntimeClasses, list: page(c.NodeV1().RuntimeClasses().List)},
		{name: snapshot.ClusterRoleBindings, list: page(c.RbacV1().ClusterRoleBindings().List)},
		{name: snapshot.ClusterRoles, list: page(c.RbacV1().ClusterRoles().List)},
		{
			name: snapshot.RoleBindings, list: page(c.RbacV1().RoleBindings(metav1.NamespaceAll).List),
			own: page(c.RbacV1().RoleBindings(namespace).List),
		},
		{
			name: snapshot.Roles, list: page(c.RbacV1().Roles(metav1.NamespaceAll).List),
			own: page(c.RbacV1().Roles(namespace).List),
		},
	}
}

// page makes the List of any typed client a list.
func page[L runtime.Object](typed func(context.Context, metav1.ListOptions) (L, error)) list {
	return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return typed(ctx, options)
	}
}
