package metrics

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/admission"
)

func rules() []admissionregistrationv1.RuleWithOperations {
	return []admissionregistrationv1.RuleWithOperations{{
		Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
		Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
	}}
}

// validating is a policy about pods with these expressions, and binds it.
func validating(name string, expressions ...string) (
	*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding,
) {
	p := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	p.Spec.MatchConstraints = &admissionregistrationv1.MatchResources{
		ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{RuleWithOperations: rules()[0]}},
	}
	for _, e := range expressions {
		p.Spec.Validations = append(p.Spec.Validations, admissionregistrationv1.Validation{Expression: e})
	}
	b := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name}}
	b.Spec = admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: name, ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}
	return p, b
}

func TestPoliciesThatCannotBeEvaluatedAreCounted(t *testing.T) {
	policies, reg := admission.New(), prometheus.NewPedanticRegistry()
	reg.MustRegister(NewPolicyFaults(policies.Faults))
	count := func(step, binding, policy, webhooks string) {
		t.Helper()
		t.Log(step)
		wantSeries(t, reg, "daysix_policy_faults",
			"kind=MutatingAdmissionPolicy 0", "kind=MutatingAdmissionPolicyBinding 0", "kind=MutatingWebhookConfiguration 0",
			"kind=ValidatingAdmissionPolicy "+policy, "kind=ValidatingAdmissionPolicyBinding "+binding, "kind=ValidatingWebhookConfiguration "+webhooks)
	}
	count("nothing", "0", "0", "0")
	broken, bound := validating("broken", "objekt.spec", "also.broken")
	policies.UpsertValidatingPolicy(broken)
	count("a policy that is not bound decides nothing", "0", "0", "0")
	policies.UpsertValidatingBinding(bound)
	count("a policy with two expressions that do not compile is one", "0", "1", "0")
	later, binding := validating("later", "true")
	binding.Spec.ValidationActions = []admissionregistrationv1.ValidationAction{"Quarantine"}
	policies.UpsertValidatingPolicy(later)
	policies.UpsertValidatingBinding(binding)
	count("a binding with an action that is not known", "1", "1", "0")
	hook := admissionregistrationv1.ValidatingWebhook{
		Rules: rules(), MatchConditions: []admissionregistrationv1.MatchCondition{{Name: "c", Expression: "no.such"}},
	}
	first, second := hook, hook
	first.Name, second.Name = "a.example.com", "b.example.com"
	policies.UpsertValidatingWebhooks(&admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "hooks"}, Webhooks: []admissionregistrationv1.ValidatingWebhook{first, second},
	})
	count("two webhooks of one configuration are one", "1", "1", "1")
	repaired, _ := validating("broken", "object.spec.hostNetwork != true")
	policies.UpsertValidatingPolicy(repaired)
	count("a policy that is repaired", "1", "0", "1")
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("error %v, problems %+v", err, problems)
	}
}
