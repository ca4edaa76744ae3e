package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

// An expression that does not compile never lets a pod pass in silence, and none brings the evaluation down.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		"", "true", "object.spec.containers.all(c, c.image != '')", "variables.v", "object.spec.(", "params.x", "authorizer.path('/x').check('get').allowed()",
		"[1].all(x, [x].exists(y, y == x))", "cel.bind(a, object, a.spec)", "object.?spec[?'x'].hasValue()", "Object{spec: Object.spec{}}", "{'a': [object]}['a'][0] == null",
	} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, expression string, ignore bool) {
		x := New()
		p := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: "p"}}
		if ignore {
			p.Spec.FailurePolicy = ptr.To(admissionregistrationv1.Ignore)
		}
		p.Spec.MatchConstraints = &admissionregistrationv1.MatchResources{}
		p.Spec.Validations = []admissionregistrationv1.Validation{{Expression: expression, MessageExpression: expression}}
		x.UpsertValidatingPolicy(p)
		feed(t, x, bindingOf("b", "p", denyAll))
		r := evaluate(t, x)
		if len(x.Faults()) > 0 && r.Verdict() == Admitted {
			t.Errorf("%q does not compile, and lets the pod pass: %v", expression, said(r))
		}
		if diff := cmp.Diff(said(r), said(evaluate(t, x))); diff != "" {
			t.Errorf("%q decides once one way, once another:\n%s", expression, diff)
		}
	})
}

// Whatever the objects hold, nothing breaks.
func FuzzObjects(f *testing.F) {
	for _, manifest := range clusterPolicies {
		f.Add([]byte(manifest))
	}
	f.Add([]byte(mutatingOf("m", apply(labelled1))))
	f.Add([]byte(webhooks("ValidatingWebhookConfiguration", "c", `{name: w, rules: [{operations: ["*"]}], matchConditions: [{}]}`)))
	f.Add([]byte(`{spec: {policyName: p, paramRef: {}, matchResources: {resourceRules: [{}]}}}`))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		x := New()
		withConfigMaps(ParamsSynced)(x)
		feedAll(x, manifest)
		r := evaluate(t, x)
		_ = r.Verdict()
		x.ParamKinds()
		x.Objects()
		x.Faults()
	})
}

// feedAll reads the same text as every kind of object, all of one name and bound to each other.
func feedAll(x *Policies, manifest []byte) {
	policy, mutating := &admissionregistrationv1.ValidatingAdmissionPolicy{}, &admissionregistrationv1.MutatingAdmissionPolicy{}
	binding, mutatingBinding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}, &admissionregistrationv1.MutatingAdmissionPolicyBinding{}
	validatingHooks, mutatingHooks := &admissionregistrationv1.ValidatingWebhookConfiguration{}, &admissionregistrationv1.MutatingWebhookConfiguration{}
	for _, object := range []any{policy, mutating, binding, mutatingBinding, validatingHooks, mutatingHooks} {
		if err := yaml.Unmarshal(manifest, object); err != nil {
			continue
		}
	}
	binding.Spec.PolicyName, mutatingBinding.Spec.PolicyName = policy.Name, mutating.Name
	x.UpsertValidatingPolicy(policy)
	x.UpsertMutatingPolicy(mutating)
	x.UpsertValidatingBinding(binding)
	x.UpsertMutatingBinding(mutatingBinding)
	x.UpsertValidatingWebhooks(validatingHooks)
	x.UpsertMutatingWebhooks(mutatingHooks)
}
