package admission

import (
	"context"
	"errors"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/conversion"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/client-go/applyconfigurations"
	listersv1 "k8s.io/client-go/listers/core/v1"
)

// podTypes is what the API server's plugins have to know about the types they handle: here, of pods.
type podTypes struct {
	objects admission.ObjectInterfaces
	// converter applies configurations by the schema of the library. Its making takes a while, so it is made when needed.
	converter func() managedfields.TypeConverter
}

func newPodTypes() *podTypes {
	scheme := runtime.NewScheme()
	utilruntime.Must(corev1.AddToScheme(scheme))
	scheme.AddTypeDefaultingFunc(&corev1.Pod{}, func(object any) {
		if pod, ok := object.(*corev1.Pod); ok {
			DefaultPod(pod)
		}
	})
	// The API server converts to its internal type and back.
	utilruntime.Must(scheme.AddConversionFunc((*corev1.Pod)(nil), (*corev1.Pod)(nil), func(from, into any, _ conversion.Scope) error {
		source, ok := from.(*corev1.Pod)
		target, ok2 := into.(*corev1.Pod)
		if !ok || !ok2 {
			return errors.New("only pods are converted")
		}
		source.DeepCopyInto(target)
		return nil
	}))
	return &podTypes{
		objects:   admission.NewObjectInterfacesFromScheme(scheme),
		converter: sync.OnceValue(func() managedfields.TypeConverter { return applyconfigurations.NewTypeConverter(scheme) }),
	}
}

var _ patch.TypeConverterManager = (*podTypes)(nil)

// GetTypeConverter is asked for pods only.
func (t *podTypes) GetTypeConverter(schema.GroupVersionKind) managedfields.TypeConverter {
	return t.converter()
}

// Run does nothing: the schema is part of the library.
func (*podTypes) Run(context.Context) {}

// namedPatcher adds to an error that rejects the request at once which policy it comes from.
type namedPatcher struct {
	patch.Patcher

	policy string
}

// Patch changes a copy of the object.
func (p namedPatcher) Patch(ctx context.Context, request patch.Request, budget int64) (runtime.Object, error) {
	object, err := p.Patcher.Patch(ctx, request, budget)
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok {
		named := &apierrors.StatusError{ErrStatus: *status.ErrStatus.DeepCopy()}
		named.ErrStatus.Details = &metav1.StatusDetails{Name: p.policy}
		return nil, named
	}
	return object, err
}

// oneNamespace stands where the API server's matcher expects a lister.
type oneNamespace struct{ namespace *corev1.Namespace }

var _ listersv1.NamespaceLister = oneNamespace{}

// List is that namespace.
func (l oneNamespace) List(labels.Selector) ([]*corev1.Namespace, error) {
	return []*corev1.Namespace{l.namespace}, nil
}

// Get is that namespace, the only one that the request is about.
func (l oneNamespace) Get(string) (*corev1.Namespace, error) { return l.namespace, nil }
