package admission

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
)

// ParamState is what is known about the objects of a kind of parameters.
type ParamState string

// The states. A kind of which nothing was said is not synced.
const (
	ParamsNotSynced ParamState = "NotSynced"
	ParamsSynced    ParamState = "Synced"
	// ParamsForbidden: the kind exists, its objects may not be read.
	ParamsForbidden ParamState = "Forbidden"
	// ParamsMissing: the API server does not know the kind.
	ParamsMissing ParamState = "Missing"
	// ParamsUnreachable: the API server fails to read its objects itself, as where a conversion webhook is down.
	ParamsUnreachable ParamState = "Unreachable"
	// ParamsNeverRead: the kind exists, and reading it is refused on principle.
	ParamsNeverRead ParamState = "NeverRead"
)

// ParamStatus describes a kind of parameters.
type ParamStatus struct {
	State      ParamState
	Namespaced bool
}

// ParamKind is a kind of parameters that policies use, with what their bindings refer to.
type ParamKind struct {
	Kind schema.GroupVersionKind
	// Refs are distinct and sorted, empty where no binding takes a parameter.
	Refs []ParamRef
}

// ParamRef is what a binding takes as its parameters: one by name, or those that a selector matches.
type ParamRef struct {
	// Namespace is empty for that of each pod, and for a kind that has none.
	Namespace string
	Name      string
	// Selector is empty where there is a name.
	Selector string
}

// secretKind is never read as parameters, whoever asks for it: Daysix keeps no content of Secrets.
var secretKind = corev1.SchemeGroupVersion.WithKind("Secret")

// errSecretParam says why a Secret is refused.
var errSecretParam = errors.New("a Secret is never kept as a parameter")

// param is an object as the API server's informer would hold it: typed and without its kind where the kind is a built-in
// one, else unstructured. CEL sees the two differently.
type param struct {
	key     types.NamespacedName
	labels  labels.Set
	object  runtime.Object
	changed metav1.Time
}

func newParam(kind schema.GroupVersionKind, given runtime.Object) (*param, error) {
	if kind == secretKind {
		return nil, errSecretParam
	}
	object, err := asInformed(kind, given)
	if err != nil {
		return nil, fmt.Errorf("reading a parameter of kind %s: %w", kind, err)
	}
	m, err := meta.Accessor(object)
	if err != nil {
		return nil, fmt.Errorf("reading a parameter of kind %s: %w", kind, err)
	}
	key := types.NamespacedName{Namespace: m.GetNamespace(), Name: m.GetName()}
	return &param{key: key, labels: m.GetLabels(), object: object, changed: ChangedAt(m)}, nil
}

func asInformed(kind schema.GroupVersionKind, given runtime.Object) (runtime.Object, error) {
	typed, err := scheme.Scheme.New(kind)
	if err != nil {
		return asUnstructured(kind, given)
	}
	content, ok := given.(runtime.Unstructured)
	switch {
	case !ok && reflect.TypeOf(given) != reflect.TypeOf(typed):
		return nil, fmt.Errorf("it is a %T", given)
	case !ok && given.GetObjectKind().GroupVersionKind().Empty():
		return given, nil
	case !ok:
		typed = given.DeepCopyObject()
	default:
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content.UnstructuredContent(), typed); err != nil {
			return nil, fmt.Errorf("converting it to %T: %w", typed, err)
		}
	}
	typed.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	return typed, nil
}

func asUnstructured(kind schema.GroupVersionKind, given runtime.Object) (runtime.Object, error) {
	object, ok := given.(*unstructured.Unstructured)
	if !ok {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(given)
		if err != nil {
			return nil, fmt.Errorf("converting it from %T: %w", given, err)
		}
		object = &unstructured.Unstructured{Object: content}
	}
	if object.GroupVersionKind() != kind {
		object = object.DeepCopy()
		object.SetGroupVersionKind(kind)
	}
	return object, nil
}

// same tells whether no policy can tell the two apart. A change of the version or of the managed fields alone is no change.
func (p *param) same(other *param) bool {
	return equality.Semantic.DeepEqual(p.plain(), other.plain())
}

func (p *param) plain() runtime.Object {
	plain := p.object.DeepCopyObject()
	if m, err := meta.Accessor(plain); err == nil {
		m.SetResourceVersion("")
		m.SetManagedFields(nil)
	}
	return plain
}

// paramStore holds the objects of a kind by namespace and name.
type paramStore map[string]map[string]*param

func (s paramStore) get(key types.NamespacedName) *param { return s[key.Namespace][key.Name] }

func (s paramStore) set(p *param) {
	if s[p.key.Namespace] == nil {
		s[p.key.Namespace] = map[string]*param{}
	}
	s[p.key.Namespace][p.key.Name] = p
}

func (s paramStore) remove(key types.NamespacedName) {
	delete(s[key.Namespace], key.Name)
	if len(s[key.Namespace]) == 0 {
		delete(s, key.Namespace)
	}
}

// list is sorted by name.
func (s paramStore) list(namespace string, of labels.Selector) []*param {
	var found []*param
	for _, name := range slices.Sorted(maps.Keys(s[namespace])) {
		if p := s[namespace][name]; of.Matches(p.labels) {
			found = append(found, p)
		}
	}
	return found
}

// refOf is nil for a binding without parameters.
func refOf(b *binding) *ParamRef {
	ref := b.accessor.GetParamRef()
	if ref == nil {
		return nil
	}
	out := &ParamRef{Namespace: ref.Namespace, Name: ref.Name}
	if ref.Selector != nil {
		out.Selector = metav1.FormatLabelSelector(ref.Selector)
	}
	return out
}

func compareParamRefs(a, b ParamRef) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Selector, b.Selector))
}

func compareParamKinds(a, b ParamKind) int {
	return cmp.Or(
		cmp.Compare(a.Kind.Group, b.Kind.Group), cmp.Compare(a.Kind.Version, b.Kind.Version), cmp.Compare(a.Kind.Kind, b.Kind.Kind))
}
