// Package live fills a snapshot from one listing of a cluster. It reads and never writes, and nothing needs to be
// installed there.
package live

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/pager"

	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/snapshot"
)

// pageSize is the number of objects in one answer of the API server, as kubectl asks for them.
const pageSize = 500

// list returns one page of a source.
type list func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error)

type source struct {
	name snapshot.Source
	list list
}

// List reads every source of a namespace, or of all of them for metav1.NamespaceAll; nodes and volumes belong to no
// namespace and are read as a whole. A source that is forbidden or missing is recorded as such in the snapshot. Any
// other error ends the listing: half a cluster would look like a small one.
func List(ctx context.Context, client kubernetes.Interface, namespace string) (*snapshot.Snapshot, error) {
	s := snapshot.New()
	for _, source := range sources(client, namespace) {
		state, err := read(ctx, s, source.list)
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", source.name, err)
		}
		s.SetSource(source.name, state)
	}
	return s, nil
}

func read(ctx context.Context, s *snapshot.Snapshot, list list) (snapshot.State, error) {
	p := pager.New(pager.ListPageFunc(list))
	p.PageSize = pageSize
	err := p.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		loader.Add(s, object)
		return nil
	})
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

// sources are read in this order: a pod is listed before its owners, so that an owner is missing only where it is gone.
func sources(c kubernetes.Interface, namespace string) []source {
	return []source{
		{snapshot.Pods, page(c.CoreV1().Pods(namespace).List)},
		{snapshot.ReplicaSets, page(c.AppsV1().ReplicaSets(namespace).List)},
		{snapshot.Jobs, page(c.BatchV1().Jobs(namespace).List)},
		{snapshot.ReplicationControllers, page(c.CoreV1().ReplicationControllers(namespace).List)},
		{snapshot.Deployments, page(c.AppsV1().Deployments(namespace).List)},
		{snapshot.StatefulSets, page(c.AppsV1().StatefulSets(namespace).List)},
		{snapshot.DaemonSets, page(c.AppsV1().DaemonSets(namespace).List)},
		{snapshot.CronJobs, page(c.BatchV1().CronJobs(namespace).List)},
		{snapshot.ServiceAccounts, page(c.CoreV1().ServiceAccounts(namespace).List)},
		{snapshot.Namespaces, namespaces(c, namespace)},
		{snapshot.Nodes, page(c.CoreV1().Nodes().List)},
		{snapshot.PersistentVolumes, page(c.CoreV1().PersistentVolumes().List)},
	}
}

// page makes the List of any typed client a list.
func page[L runtime.Object](typed func(context.Context, metav1.ListOptions) (L, error)) list {
	return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return typed(ctx, options)
	}
}

// namespaces lists all, or gets the one: who works in a namespace may get that one and list none.
func namespaces(c kubernetes.Interface, namespace string) list {
	if namespace == metav1.NamespaceAll {
		return page(c.CoreV1().Namespaces().List)
	}
	return func(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
		one, err := c.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return &corev1.NamespaceList{Items: []corev1.Namespace{*one}}, nil
	}
}
