package cli

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/report"
)

// date writes into the reports of a scan of a cluster since when those that Daysix keeps there say the same. Where it keeps
// none, nothing has a time; where they cannot be read, that is told.
func (o *sourceOptions) date(ctx context.Context, reports []*daysixv1alpha1.PodSecurityReport, namespace string) {
	scanned := make(map[types.NamespacedName]*daysixv1alpha1.PodSecurityReport, len(reports))
	for _, r := range reports {
		scanned[types.NamespacedName{Namespace: r.Namespace, Name: r.Name}] = r
	}
	err := o.stored(ctx, reportsResource, namespace, "", func(object runtime.Object) error {
		if kept, ok := object.(*daysixv1alpha1.PodSecurityReport); ok {
			if r := scanned[types.NamespacedName{Namespace: kept.Namespace, Name: kept.Name}]; r != nil {
				report.Date(r, kept)
			}
		}
		return nil
	})
	if err != nil && !apierrors.IsNotFound(errors.Unwrap(err)) {
		note(o.ErrOut, "Not known is since when: %s.", err)
	}
}
