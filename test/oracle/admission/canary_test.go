package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// canaryLabel marks the pods that canaries are about.
	canaryLabel = "canary"
	// canaryPod is the name of the pod that no other policy is about.
	canaryPod = "canary"
)

// canaryParams are the last parameters of a world, one of each kind.
func canaryParams(id string) []client.Object {
	var list []client.Object
	for _, k := range paramKinds {
		if !k.exists {
			continue
		}
		u := &unstructured.Unstructured{Object: map[string]any{}}
		u.SetGroupVersionKind(k.kind)
		u.SetName("canary-" + id)
		u.SetLabels(map[string]string{canaryLabel: id})
		if k.namespaced {
			u.SetNamespace("shop")
		}
		list = append(list, u)
	}
	return list
}

// canaryPolicies are the last policies of a world: for each kind of parameters a validating and a mutating one that show in
// the answer that they were evaluated with its canary. The API server sees each kind of object in the order of its changes,
// so that it knows the whole world once every canary sings.
func canaryPolicies(id string) []client.Object {
	var list []client.Object
	match := &admissionregistrationv1.MatchResources{
		ResourceRules:  []admissionregistrationv1.NamedRuleWithOperations{plainRule()},
		ObjectSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: canaryLabel, Operator: metav1.LabelSelectorOpExists}}},
	}
	for _, k := range paramKinds {
		if k.exists {
			list = append(list, validatingCanary(id, k, match)...)
			list = append(list, mutatingCanary(id, k, match)...)
		}
	}
	return list
}

// keepers hold the API server to the kinds of parameters between the worlds: an informer of ConfigMaps that it has stopped for
// want of policies never starts again (1.37.2), and policies that come later read what it last knew.
func keepers() []client.Object {
	list := canaryPolicies("keeper")
	return slices.DeleteFunc(list, func(o client.Object) bool { return !strings.HasSuffix(o.GetName(), "-configmap") })
}

func canaryName(id string, k paramKind) string {
	return fmt.Sprintf("canary-%s-%s", id, strings.ToLower(k.kind.Kind))
}

func canaryRef(id string) *admissionregistrationv1.ParamRef {
	return &admissionregistrationv1.ParamRef{
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{canaryLabel: id}}, ParameterNotFoundAction: ptr.To(admissionregistrationv1.AllowAction),
	}
}

func validatingCanary(id string, k paramKind, match *admissionregistrationv1.MatchResources) []client.Object {
	name := canaryName(id, k)
	p := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	p.Spec.ParamKind = &admissionregistrationv1.ParamKind{APIVersion: k.kind.GroupVersion().String(), Kind: k.kind.Kind}
	p.Spec.MatchConstraints = match
	p.Spec.Validations = []admissionregistrationv1.Validation{{Expression: "params == null", Message: name}}
	b := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name}}
	b.Spec = admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: name, ParamRef: canaryRef(id), ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Warn},
	}
	return []client.Object{p, b}
}

func mutatingCanary(id string, k paramKind, match *admissionregistrationv1.MatchResources) []client.Object {
	name := canaryName(id, k)
	p := &admissionregistrationv1.MutatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	p.Spec.ParamKind = &admissionregistrationv1.ParamKind{APIVersion: k.kind.GroupVersion().String(), Kind: k.kind.Kind}
	p.Spec.MatchConstraints = match
	p.Spec.ReinvocationPolicy = admissionregistrationv1.NeverReinvocationPolicy
	p.Spec.Mutations = []admissionregistrationv1.Mutation{{
		PatchType: admissionregistrationv1.PatchTypeApplyConfiguration,
		ApplyConfiguration: &admissionregistrationv1.ApplyConfiguration{
			Expression: fmt.Sprintf("Object{metadata: Object.metadata{annotations: {'%s': 'seen'}}}", name),
		},
	}}
	b := &admissionregistrationv1.MutatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name}}
	b.Spec = admissionregistrationv1.MutatingAdmissionPolicyBindingSpec{PolicyName: name, ParamRef: canaryRef(id)}
	return []client.Object{p, b}
}

// catchUp waits until every canary of a world sings. The canaries stay with the world.
func (s *server) catchUp(t *testing.T, id string) {
	t.Helper()
	probe := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: canaryPod, Labels: map[string]string{canaryLabel: id}},
		Spec:       corev1.PodSpec{ServiceAccountName: "web", Containers: []corev1.Container{{Name: "c", Image: "i"}}},
	}
	var silent []string
	defer func() {
		if t.Failed() {
			t.Logf("silent: %v", silent)
		}
	}()
	eventually(t, "the API server knows the policies", func(ctx context.Context) (bool, error) {
		created, warned, err := s.admin.dryRun(ctx, "shop", probe)
		if err != nil {
			return false, err
		}
		silent = nil
		for _, k := range paramKinds {
			name := canaryName(id, k)
			if k.exists && created.Annotations[name] != "seen" {
				silent = append(silent, "mutating "+name)
			}
			if k.exists && !strings.Contains(strings.Join(warned, "\n"), name) {
				silent = append(silent, "validating "+name)
			}
		}
		return len(silent) == 0, nil
	})
}
