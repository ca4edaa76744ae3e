package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/fleet"
)

// loaders is how many objects are created at the same time.
const loaders = 32

// load brings the fleet into the cluster, in an order in which everything finds what it needs.
func (l *lab) load(ctx context.Context) error {
	var first []client.Object
	for _, node := range l.fleet.Nodes() {
		first = append(first, node)
	}
	for _, objects := range [][]client.Object{first, l.fleet.Surroundings()} {
		if err := l.create(ctx, objects); err != nil {
			return err
		}
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(loaders)
	l.fleet.Workloads(func(w *fleet.Workload) {
		group.Go(func() error { return l.loadWorkload(within, w) })
	})
	if err := group.Wait(); err != nil {
		return err
	}
	for _, namespace := range l.fleet.Policies() {
		live := &corev1.Namespace{}
		if err := l.admin.Get(ctx, client.ObjectKeyFromObject(namespace), live); err != nil {
			return fmt.Errorf("reading namespace %s: %w", namespace.Name, err)
		}
		live.Labels = namespace.Labels
		if err := l.admin.Update(ctx, live); err != nil {
			return fmt.Errorf("labelling namespace %s: %w", namespace.Name, err)
		}
	}
	return nil
}

// create creates objects that do not need each other. Namespaces come first in their list, and one at a time.
func (l *lab) create(ctx context.Context, objects []client.Object) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(loaders)
	for _, object := range objects {
		create := func() error {
			if err := l.admin.Create(within, object); err != nil && !apierrors.IsAlreadyExists(err) {
				return fmt.Errorf("creating %T %s/%s: %w", object, object.GetNamespace(), object.GetName(), err)
			}
			return nil
		}
		if _, ok := object.(*corev1.Namespace); ok {
			if err := create(); err != nil {
				return err
			}
			continue
		}
		group.Go(create)
	}
	return group.Wait()
}

// loadWorkload creates the owners, one after the other, and then the pods, as running ones.
func (l *lab) loadWorkload(ctx context.Context, w *fleet.Workload) error {
	for i, owner := range w.Owners {
		kind := owner.GetObjectKind().GroupVersionKind()
		if err := l.admin.Create(ctx, owner); err != nil {
			return fmt.Errorf("creating %s %s: %w", kind.Kind, owner.GetName(), err)
		}
		owner.GetObjectKind().SetGroupVersionKind(kind)
		w.Adopt(i)
	}
	for _, pod := range w.Pods {
		if err := start(ctx, l.clients, pod); err != nil {
			return err
		}
	}
	return nil
}

// start creates a pod and says of it what its kubelet would.
func start(ctx context.Context, clients *kubernetes.Clientset, pod *corev1.Pod) error {
	pods := clients.CoreV1().Pods(pod.Namespace)
	created, err := pods.Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("creating pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	created.Status = fleet.Running(created)
	if _, err := pods.UpdateStatus(ctx, created, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("starting pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}
