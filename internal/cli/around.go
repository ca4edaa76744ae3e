package cli

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/snapshot"
)

// loadAround reads what the scan needs, and tells the one namespace that it is about; empty for all that was read. A way leads
// over other namespaces, so the whole cluster is read. Whoever may not read it gets the namespace alone, in which no way that
// leaves it can be ruled out.
func (o *scanOptions) loadAround(ctx context.Context, c *config.AuditConfiguration) (m *loaded, namespace string, err error) {
	if len(o.Filenames) > 0 || o.AllNamespaces {
		m, err = o.load(ctx, c, true, snapshot.Pods)
		return m, metav1.NamespaceAll, err
	}
	if namespace, err = o.namespace(); err != nil {
		return nil, "", err
	}
	whole, err := o.mayListPods(ctx)
	if err != nil {
		return nil, "", err
	}
	if m, err = o.load(ctx, c, whole, snapshot.Pods); err != nil || whole {
		return m, namespace, err
	}
	note(o.ErrOut, "Pods of other namespaces cannot be read (Forbidden): answers that may lead through them are Unknown.")
	m.Snapshot.SetSource(snapshot.Pods, snapshot.Forbidden)
	return m, namespace, nil
}

// mayListPods tells whether the pods of all namespaces may be read.
func (o *scanOptions) mayListPods(ctx context.Context) (bool, error) {
	_, client, err := o.client()
	if err != nil {
		return false, err
	}
	_, err = client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil && !apierrors.IsForbidden(err) {
		return false, fmt.Errorf("listing pods: %w", err)
	}
	return err == nil, nil
}
