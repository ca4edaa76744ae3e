package admission

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// paramReader stands where the API server's plugin expects an informer. It reads what Policies holds, and remembers which
// parameters it handed out, in order: the plugin evaluates a policy with each of them, in that order.
type paramReader struct {
	policies *Policies
	kind     schema.GroupVersionKind
	handed   []*param
}

var _ informers.GenericInformer = (*paramReader)(nil)

// Informer is asked only whether it has synced.
func (r *paramReader) Informer() cache.SharedIndexInformer { return syncedInformer{} }

// Lister reads objects that have no namespace.
func (r *paramReader) Lister() cache.GenericLister { return paramLister{paramReader: r} }

type syncedInformer struct{ cache.SharedIndexInformer }

// HasSynced is true: a kind that is not synced is never given to the plugin.
func (syncedInformer) HasSynced() bool { return true }

type paramLister struct {
	*paramReader
	namespace string
}

// ByNamespace reads the objects of a namespace.
func (l paramLister) ByNamespace(namespace string) cache.GenericNamespaceLister {
	return paramLister{l.paramReader, namespace}
}

// Get hands out one object.
func (l paramLister) Get(name string) (runtime.Object, error) {
	l.policies.mu.RLock()
	defer l.policies.mu.RUnlock()
	p := l.policies.params[l.kind].get(types.NamespacedName{Namespace: l.namespace, Name: name})
	if p == nil {
		return nil, apierrors.NewNotFound(schema.GroupResource{Group: l.kind.Group, Resource: l.kind.Kind}, name)
	}
	l.handed = append(l.handed, p)
	return p.object, nil
}

// List hands out the objects that the selector matches, by name.
func (l paramLister) List(of labels.Selector) ([]runtime.Object, error) {
	l.policies.mu.RLock()
	defer l.policies.mu.RUnlock()
	var objects []runtime.Object
	for _, p := range l.policies.params[l.kind].list(l.namespace, of) {
		l.handed = append(l.handed, p)
		objects = append(objects, p.object)
	}
	return objects, nil
}

func restScope(namespaced bool) meta.RESTScope {
	if namespaced {
		return meta.RESTScopeNamespace
	}
	return meta.RESTScopeRoot
}
