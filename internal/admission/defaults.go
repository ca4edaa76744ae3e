package admission

import (
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What the API server fills in where a manifest leaves it out. Without that, a selector that is not there would match
// nothing instead of everything.

func defaultValidatingPolicy(p *admissionregistrationv1.ValidatingAdmissionPolicy) {
	orDefault(&p.Spec.FailurePolicy, admissionregistrationv1.Fail)
	defaultMatch(p.Spec.MatchConstraints)
}

func defaultMutatingPolicy(p *admissionregistrationv1.MutatingAdmissionPolicy) {
	orDefault(&p.Spec.FailurePolicy, admissionregistrationv1.Fail)
	defaultMatch(p.Spec.MatchConstraints)
}

func defaultMatch(m *admissionregistrationv1.MatchResources) {
	if m == nil {
		return
	}
	orDefault(&m.MatchPolicy, admissionregistrationv1.Equivalent)
	orDefault(&m.NamespaceSelector, metav1.LabelSelector{})
	orDefault(&m.ObjectSelector, metav1.LabelSelector{})
	for _, list := range [...][]admissionregistrationv1.NamedRuleWithOperations{m.ResourceRules, m.ExcludeResourceRules} {
		for i := range list {
			orDefault(&list[i].Scope, admissionregistrationv1.AllScopes)
		}
	}
}

func defaultValidatingWebhook(w *admissionregistrationv1.ValidatingWebhook) {
	orDefault(&w.FailurePolicy, admissionregistrationv1.Fail)
	orDefault(&w.MatchPolicy, admissionregistrationv1.Equivalent)
	orDefault(&w.NamespaceSelector, metav1.LabelSelector{})
	orDefault(&w.ObjectSelector, metav1.LabelSelector{})
	defaultRules(w.Rules)
}

func defaultMutatingWebhook(w *admissionregistrationv1.MutatingWebhook) {
	orDefault(&w.FailurePolicy, admissionregistrationv1.Fail)
	orDefault(&w.MatchPolicy, admissionregistrationv1.Equivalent)
	orDefault(&w.NamespaceSelector, metav1.LabelSelector{})
	orDefault(&w.ObjectSelector, metav1.LabelSelector{})
	defaultRules(w.Rules)
}

func defaultRules(list []admissionregistrationv1.RuleWithOperations) {
	for i := range list {
		orDefault(&list[i].Scope, admissionregistrationv1.AllScopes)
	}
}

func orDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}
