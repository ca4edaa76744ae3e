package admission

import (
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/environment"
)

// ParamStatus is what is known about a kind of parameters.
func (x *Policies) ParamStatus(kind schema.GroupVersionKind) ParamStatus {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.statusLocked(kind)
}

// FaultsIn lists what cannot be read of a policy, a binding or a configuration of webhooks, be it in use or not: a pointer to
// one of the six kinds. It compiles every expression. An object of any other kind has no faults.
func FaultsIn(object any) []string {
	c := newCompiler()
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		p := newValidatingPolicy(o, c)
		return slices.Concat(p.faults, p.validate().faults, c.messageFaults(&o.Spec))
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		p := newMutatingPolicy(o, c)
		return slices.Concat(p.faults, p.mutate().faults)
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		return newValidatingBinding(o).faults
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		return newMutatingBinding(o).faults
	case *admissionregistrationv1.ValidatingWebhookConfiguration:
		return newValidatingConfiguration(o, c).faults()
	case *admissionregistrationv1.MutatingWebhookConfiguration:
		return newMutatingConfiguration(o, c).faults()
	default:
		return nil
	}
}

// messageFaults are the expressions of messages that do not compile. What they make is only shown, so that nobody else asks.
func (c *compiler) messageFaults(spec *admissionregistrationv1.ValidatingAdmissionPolicySpec) []string {
	b, err := c.builder(spec.ParamKind != nil, spec.Variables)
	if err != nil {
		return nil // The policy itself has this fault.
	}
	b.options.HasAuthorizer = false
	var all []string
	for i := range spec.Validations {
		given := &validating.MessageExpressionCondition{MessageExpression: spec.Validations[i].MessageExpression}
		if given.MessageExpression == "" {
			continue
		}
		if err := b.expressions.CompileCELExpression(given, b.options, environment.StoredExpressions).Error; err != nil {
			all = append(all, fmt.Sprintf("spec.validations[%d].messageExpression: %v", i, err))
		}
	}
	return all
}

func (c *configuration) faults() []string {
	var all []string
	for _, w := range c.webhooks {
		if w.selectorFault != nil {
			all = append(all, w.name+": "+w.selectorFault.Error())
		}
		if conditions := w.conditions(); conditions != nil {
			for _, fault := range conditions.faults {
				all = append(all, w.name+": "+fault)
			}
		}
	}
	return all
}
