package loader

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/snapshot"
)

const kindConfigMap = "ConfigMap"

// readConfigMaps comes after all pods are read: what is kept of a ConfigMap depends on the variables that take its values. Those
// that no variable takes from count among the ignored ones.
func (l *loader) readConfigMaps() {
	kind := KindCount{APIVersion: corev1.SchemeGroupVersion.String(), Kind: kindConfigMap}
	read := l.result.Aside.nameHosts(l.result.Snapshot)
	if left := l.ignored[kind] - read; left > 0 {
		l.ignored[kind] = left
	} else {
		delete(l.ignored, kind)
	}
}

// nameHosts records what the ConfigMaps name that variables of the snapshot take their values from, and returns how many of
// the objects these are.
func (a *Aside) nameHosts(s *snapshot.Snapshot) (read int) {
	variables := s.ConfigMapVariables()
	for _, object := range a.objects {
		if object.GroupVersionKind() != corev1.SchemeGroupVersion.WithKind(kindConfigMap) {
			continue
		}
		name := types.NamespacedName{Namespace: cmp.Or(object.GetNamespace(), a.namespace), Name: object.GetName()}
		if of := variables[name]; of != nil {
			data, _, _ := unstructured.NestedStringMap(object.Object, "data") // What the API server would refuse names nothing.
			s.UpsertConfigMap(name, of.HostsIn(data))
			read++
		}
	}
	return read
}
