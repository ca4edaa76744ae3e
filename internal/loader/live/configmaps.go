package live

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/snapshot"
)

// withoutRootCA leaves out the ConfigMap that every namespace has: it holds certificates and nothing else.
const withoutRootCA = "metadata.name!=kube-root-ca.crt"

// listConfigMaps reads what ConfigMaps name for the variables that take their values from them, where there are any. The pods are
// read by then. Of each object only the hosts are kept; the API server answers by whole objects, for it cannot leave values out.
func (c *Clients) listConfigMaps(ctx context.Context, namespace string, s *snapshot.Snapshot) error {
	if !c.ConfigMaps {
		return nil
	}
	variables := s.ConfigMapVariables()
	if len(variables) == 0 {
		return nil
	}
	all := page(c.Kubernetes.CoreV1().ConfigMaps(namespace).List)
	others := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		options.FieldSelector = withoutRootCA
		return all(ctx, options)
	}
	state, err := read(ctx, others, func(object runtime.Object) error {
		if o, ok := object.(*corev1.ConfigMap); ok {
			name := types.NamespacedName{Namespace: o.Namespace, Name: o.Name}
			if of := variables[name]; of != nil {
				s.UpsertConfigMap(name, of.HostsIn(o.Data))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("listing configmaps: %w", err)
	}
	s.SetConfigMaps(state)
	return nil
}
