package live

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/served"
	"github.com/daysix/daysix/internal/snapshot"
)

// listExtensions reads the kinds that somebody may have installed, of all namespaces: policies by their names alone, and
// routes. One that cannot be reached is recorded as such and ends nothing: its API server may be down for long.
func (c *Clients) listExtensions(ctx context.Context, m *model.Model) error {
	if c.Names == nil || c.Params == nil {
		for _, e := range model.Extensions() {
			m.Snapshot.SetSource(e.Source(), snapshot.NotEnabled)
		}
		return nil
	}
	kinds, err := served.Extensions(ctx, c.Kubernetes.Discovery())
	if err != nil {
		return fmt.Errorf("looking for kinds that are installed: %w", err)
	}
	for _, e := range model.Extensions() {
		kind := kinds[e.GroupKind]
		if kind.State == snapshot.Synced {
			if kind.State, err = read(ctx, c.extension(e, kind.Resource), func(object runtime.Object) error {
				if o, ok := object.(metav1.Object); ok {
					m.UpsertExtension(e, o)
				}
				if c.OnObject != nil {
					c.OnObject()
				}
				return nil
			}); err != nil {
				if ctx.Err() != nil {
					return fmt.Errorf("listing %s: %w", e.Source(), err)
				}
				kind.State = snapshot.Unreachable
			}
		}
		m.ExtensionRead(e, kind.State)
		m.Snapshot.SetSource(e.Source(), kind.State)
	}
	return nil
}

func (c *Clients) extension(e model.Extension, resource schema.GroupVersionResource) list {
	if e.NamesOnly {
		return page(c.Names.Resource(resource).Namespace(metav1.NamespaceAll).List)
	}
	return page(c.Params.Resource(resource).Namespace(metav1.NamespaceAll).List)
}
