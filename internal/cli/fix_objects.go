package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// objects are those that a change is about, whole: the model keeps of them what the rules read.
type objects struct {
	options *fixOptions
	m       *loaded

	top   fix.Object     // the workload; nil where only pods of it are known
	raw   map[string]any // the workload as it is written
	place *loader.Origin // nil where it is live
	below []fix.Object   // ReplicaSets and Jobs that it made
	pods  []*corev1.Pod  // those that the assessment is of
	files *loader.Objects
}

func (s *objects) get(ctx context.Context, key snapshot.Key, a *assess.Assessment) error {
	names := make(map[string]bool)
	if view, ok := s.m.Snapshot.View(key); ok && a.Basis == assess.RunningPods {
		for i := range view.Groups {
			for _, pod := range view.Groups[i].Pods {
				names[pod] = true
			}
		}
	}
	if len(s.options.Filenames) > 0 {
		return s.fromFiles(key, names)
	}
	return s.fromCluster(ctx, key, a.Workload.APIVersion, names)
}

// fromFiles reads the files once more: the last object of a name counts.
func (s *objects) fromFiles(key snapshot.Key, names map[string]bool) error {
	namespace, err := s.options.namespace()
	if err != nil {
		return err
	}
	s.files = loader.Read(s.options.Filenames, s.options.In, namespace)
	for i := range s.files.Objects {
		o := &s.files.Objects[i]
		if object, ok := o.Object.(fix.Object); ok && o.GetNamespace() == key.Namespace {
			s.take(key, object, o, names)
		}
	}
	if s.place != nil {
		s.raw, err = rawAt(s.place)
	}
	return err
}

// take keeps an object of a file that the change is about.
func (s *objects) take(key snapshot.Key, object fix.Object, from *loader.Object, names map[string]bool) {
	kind := schema.FromAPIVersionAndKind(from.Kind.APIVersion, from.Kind.Kind)
	object.GetObjectKind().SetGroupVersionKind(kind)
	switch owner := metav1.GetControllerOfNoCopy(object); {
	case kind.Group == key.Group && kind.Kind == key.Kind && object.GetName() == key.Name:
		s.top, s.place = object, &from.Origin
	case owner != nil && owner.Kind == key.Kind && owner.Name == key.Name && kind.Kind != "Pod":
		s.below = append(s.below, object)
	}
	if pod, ok := object.(*corev1.Pod); ok && names[pod.Name] {
		s.pods = append(s.pods, pod)
	}
}

// rawAt is an object as its document has it.
func rawAt(place *loader.Origin) (map[string]any, error) {
	encoded, err := place.Document.JSON()
	if err != nil {
		return nil, err
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", place.File, err)
	}
	for _, step := range place.Path {
		switch at := step.(type) {
		case string:
			fields, _ := document.(map[string]any)
			document = fields[at]
		case int:
			items, _ := document.([]any)
			document = items[at]
		}
	}
	raw, ok := document.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: not a Kubernetes object", place.File)
	}
	return raw, nil
}

func (s *objects) fromCluster(ctx context.Context, key snapshot.Key, apiVersion string, names map[string]bool) error {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	mapping, err := s.m.clients.Mapper.RESTMapping(schema.GroupKind{Group: key.Group, Kind: key.Kind}, gv.Version)
	if err != nil {
		return fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	object, err := s.m.clients.Params.Resource(mapping.Resource).Namespace(key.Namespace).Get(ctx, key.Name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	s.raw = object.Object
	if s.top, err = fix.Decode(s.raw); err != nil {
		return err
	}
	pods, err := s.m.clients.Kubernetes.CoreV1().Pods(key.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing the pods of %s: %w", key, err)
	}
	for i := range pods.Items {
		if names[pods.Items[i].Name] {
			s.pods = append(s.pods, &pods.Items[i])
		}
	}
	return s.getBelow(ctx, key)
}

// getBelow reads what a live workload has made to make its pods.
func (s *objects) getBelow(ctx context.Context, key snapshot.Key) error {
	kube, options := s.m.clients.Kubernetes, metav1.ListOptions{}
	switch key.Kind {
	case "Deployment":
		sets, err := kube.AppsV1().ReplicaSets(key.Namespace).List(ctx, options)
		if err != nil {
			return fmt.Errorf("listing the ReplicaSets of %s: %w", key, err)
		}
		for i := range sets.Items {
			s.addBelow(&sets.Items[i])
		}
	case "CronJob":
		jobs, err := kube.BatchV1().Jobs(key.Namespace).List(ctx, options)
		if err != nil {
			return fmt.Errorf("listing the Jobs of %s: %w", key, err)
		}
		for i := range jobs.Items {
			s.addBelow(&jobs.Items[i])
		}
	}
	return nil
}

func (s *objects) addBelow(object fix.Object) {
	if metav1.IsControlledBy(object, s.top) {
		s.below = append(s.below, object)
	}
}

// binding is a binding of either kind, as its subjects and what puts it back into the model with others.
type binding struct {
	subjects []rbacv1.Subject
	place    *loader.Origin
	set      func([]rbacv1.Subject)
}

// binding reads a binding. One that is in no file is an error: only what every cluster has is, and that stays.
func (s *objects) binding(ctx context.Context, ref rbac.BindingRef) (*binding, error) {
	var object any
	var place *loader.Origin
	if s.files != nil {
		at := slices.IndexFunc(s.files.Objects, func(o loader.Object) bool {
			_, ok := withSubjects(o.Object, s.m)
			return ok && o.GetName() == ref.Name && o.GetNamespace() == ref.Namespace
		})
		if at < 0 {
			return nil, fmt.Errorf("%s is in none of the files", ref)
		}
		object, place = s.files.Objects[at].Object, &s.files.Objects[at].Origin
	} else {
		var err error
		if ref.Namespace == "" {
			object, err = s.m.clients.Kubernetes.RbacV1().ClusterRoleBindings().Get(ctx, ref.Name, metav1.GetOptions{})
		} else {
			object, err = s.m.clients.Kubernetes.RbacV1().RoleBindings(ref.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", ref, err)
		}
	}
	out, ok := withSubjects(object, s.m)
	if !ok {
		return nil, apierrors.NewInternalError(errors.New("no binding"))
	}
	out.place = place
	return out, nil
}

func withSubjects(object any, m *loaded) (*binding, bool) {
	switch b := object.(type) {
	case *rbacv1.ClusterRoleBinding:
		b = b.DeepCopy()
		return &binding{subjects: b.Subjects, set: func(s []rbacv1.Subject) { b.Subjects = s; m.Grants.UpsertClusterRoleBinding(b) }}, true
	case *rbacv1.RoleBinding:
		b = b.DeepCopy()
		return &binding{subjects: b.Subjects, set: func(s []rbacv1.Subject) { b.Subjects = s; m.Grants.UpsertRoleBinding(b) }}, true
	default:
		return nil, false
	}
}

// add puts an object into the model. The model takes it over: what is printed is another.
func (s *objects) add(object runtime.Object) { loader.Add(s.m.Model, object.DeepCopyObject()) }
