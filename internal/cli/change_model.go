package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/whatif"
)

// change applies an object; false for one of a kind that decides nothing about pods. Of a quota nobody knows how much of it
// would be used.
func (m *loaded) change(object any) bool {
	switch o := object.(type) {
	case *corev1.Namespace:
		if n, ok := m.Snapshot.Transform(o).(*snapshot.Namespace); ok {
			m.label(n.Name, n.Labels, n.Annotations)
		}
		return true
	case *admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding,
		*admissionregistrationv1.MutatingAdmissionPolicy, *admissionregistrationv1.MutatingAdmissionPolicyBinding,
		*admissionregistrationv1.ValidatingWebhookConfiguration, *admissionregistrationv1.MutatingWebhookConfiguration,
		*corev1.LimitRange, *corev1.ServiceAccount, *schedulingv1.PriorityClass, *nodev1.RuntimeClass:
		loader.Add(m.Model, o)
		return true
	default:
		return false
	}
}

// label sets labels and annotations of a namespace, and leaves the others.
func (m *loaded) label(namespace string, set, annotations map[string]string) {
	m.Snapshot.UpsertNamespace(whatif.Labelled(m.namespace(namespace), namespace, set, annotations))
}

// namespace is nil where it is not known.
func (m *loaded) namespace(name string) *snapshot.Namespace {
	all := m.Snapshot.Namespaces()
	at, found := slices.BinarySearchFunc(all, name, func(n *snapshot.Namespace, name string) int { return strings.Compare(n.Name, name) })
	if !found {
		return nil
	}
	return all[at]
}

// withName are the labels of a namespace with the one that the API server gives to each. A manifest does not have it.
func withName(n *snapshot.Namespace) labels.Set {
	return labels.Merge(n.Labels, labels.Set{corev1.LabelMetadataName: n.Name})
}

// remove deletes what is there; false where nothing is.
func (m *loaded) remove(d deletion) bool {
	there := slices.ContainsFunc(m.Policies.Objects(), func(o admission.Object) bool {
		if d.binding {
			return o.Ref.Kind == d.ref.Kind && o.Binding == d.ref.Name
		}
		return o.Ref == d.ref && o.Binding == ""
	})
	switch {
	case !there:
	case d.binding:
		m.Policies.DeleteBinding(d.ref.Kind, d.ref.Name)
	case d.ref.Kind == admission.ValidatingWebhooks, d.ref.Kind == admission.MutatingWebhooks:
		m.Policies.DeleteWebhooks(d.ref)
	default:
		m.Policies.DeletePolicy(d.ref)
	}
	return there
}

// changeParams hands policies what they take as their parameters now: of the cluster, or of the files that are judged, and of the
// change. It returns the kinds of parameters.
func (m *loaded) changeParams(ctx context.Context, change *loader.Aside) ([]loader.KindCount, error) {
	var params []loader.KindCount
	var errs []error
	if m.clients == nil {
		m.aside.Add(change)
		params, errs = m.aside.AddParams(m.Policies)
	} else {
		if err := m.clients.ListParams(ctx, m.Policies); err != nil {
			return nil, err
		}
		params, errs = change.ChangeParams(m.Policies)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("reading parameters of policies: %w", err)
	}
	return params, nil
}

// noteIgnored tells of the kinds in a change that change nothing here.
func (o *whatifOptions) noteIgnored(ignored, params []loader.KindCount) {
	counts := make(map[loader.KindCount]int)
	for _, kind := range ignored {
		n := kind.Count
		kind.Count = 0
		if !slices.Contains(params, kind) {
			counts[kind] += n
		}
	}
	o.noteKinds("Kinds of which a change is not judged", loader.Kinds(counts))
}

// noteLoose tells of policies that nothing binds, and of bindings to nothing: they decide about no pod.
func (o *whatifOptions) noteLoose(m *loaded, files *loader.Objects) {
	bound, there := make(map[admission.Ref]bool), make(map[admission.Ref]bool)
	for _, object := range m.Policies.Objects() {
		if object.Binding == "" {
			there[object.Ref] = true
		} else {
			bound[object.Ref] = true
		}
	}
	for _, object := range files.Objects {
		kind, isBinding := strings.CutSuffix(object.Kind.Kind, "Binding")
		ref := admission.Ref{Kind: admission.Kind(kind), Name: object.GetName()}
		if ref.Kind != admission.ValidatingPolicy && ref.Kind != admission.MutatingPolicy {
			continue
		}
		switch {
		case isBinding:
			if ref.Name = policyOf(object.Object); !there[ref] {
				note(o.ErrOut, "%s: the %s %s is bound to %s, which is not there: it does nothing.",
					object.At, object.Kind.Kind, object.GetName(), ref.Name)
			}
		case !bound[ref]:
			note(o.ErrOut, "%s: the %s %s has no binding: it does nothing.", object.At, kind, ref.Name)
		}
	}
}

// policyOf is the name of the policy that a binding binds.
func policyOf(binding any) string {
	switch b := binding.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		return b.Spec.PolicyName
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		return b.Spec.PolicyName
	default:
		return ""
	}
}
