package admission

import (
	"fmt"
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/environment"
)

// compiler compiles as the API server does what it has stored: an expression that it would no longer accept still works.
type compiler struct {
	base  *environment.EnvSet
	types *podTypes
	// webhooks compiles the match conditions of webhooks, which know no variables of a policy.
	webhooks func() *builder
}

func newCompiler() *compiler {
	c := &compiler{base: environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()), types: newPodTypes()}
	c.webhooks = sync.OnceValue(func() *builder {
		return &builder{
			expressions: cel.NewCompiler(c.base), compiler: cel.NewConditionCompiler(c.base), parser: c.base.StoredExpressionsEnv(),
			options: cel.OptionalVariableDeclarations{HasAuthorizer: true},
		}
	})
	return c
}

// validation is a compiled validating policy.
type validation struct {
	conditions *conditions
	// validator takes the conditions for met.
	validator validating.Validator
	// expressions and annotations are what the validations and the audit annotations read, in their order.
	expressions []reads
	annotations []reads
	all         reads
	faults      []string
}

func (c *compiler) validation(p *admissionregistrationv1.ValidatingAdmissionPolicy) *validation {
	spec := &p.Spec
	b, err := c.builder(spec.ParamKind != nil, spec.Variables)
	if err != nil {
		failing := validating.NewValidator(nil, nil, nil, nil, spec.FailurePolicy, err)
		return &validation{validator: failing, all: readsBroken, faults: []string{err.Error()}}
	}
	v := &validation{conditions: b.conditions(spec.MatchConditions, spec.FailurePolicy, "policy", "validate", p.Name)}
	validations := make([]cel.ExpressionAccessor, len(spec.Validations))
	messages := make([]cel.ExpressionAccessor, len(spec.Validations))
	for i := range spec.Validations {
		given := &spec.Validations[i]
		validations[i] = &validating.ValidationCondition{Expression: given.Expression, Message: given.Message, Reason: given.Reason}
		if given.MessageExpression != "" {
			messages[i] = &validating.MessageExpressionCondition{MessageExpression: given.MessageExpression}
		}
	}
	annotations := make([]cel.ExpressionAccessor, len(spec.AuditAnnotations))
	for i := range spec.AuditAnnotations {
		given := &spec.AuditAnnotations[i]
		annotations[i] = &validating.AuditAnnotationCondition{Key: given.Key, ValueExpression: given.ValueExpression}
	}
	v.validator = validating.NewValidator(
		b.compile("validations", validations, &v.expressions), nil, b.compile("auditAnnotations", annotations, &v.annotations),
		b.messages(messages), spec.FailurePolicy, nil)
	v.all = union(v.expressions) | union(v.annotations)
	v.faults = b.faults
	return v
}

// mutation is a compiled mutating policy.
type mutation struct {
	conditions *conditions
	evaluator  mutating.PolicyEvaluator
	// all is what the mutations read.
	all    reads
	faults []string
}

func (c *compiler) mutation(p *admissionregistrationv1.MutatingAdmissionPolicy) *mutation {
	spec := &p.Spec
	b, err := c.builder(spec.ParamKind != nil, spec.Variables)
	if err != nil {
		return &mutation{all: readsBroken, faults: []string{err.Error()}}
	}
	m := &mutation{conditions: b.conditions(spec.MatchConditions, spec.FailurePolicy, "policy", "validate", p.Name)}
	b.options.HasPatchTypes = true
	for i := range spec.Mutations {
		path := fmt.Sprintf("mutations[%d]", i)
		var patcher patch.Patcher
		switch given := &spec.Mutations[i]; {
		case given.PatchType == admissionregistrationv1.PatchTypeJSONPatch && given.JSONPatch != nil:
			patcher = patch.NewJSONPatcher(b.patch(path, &patch.JSONPatchCondition{Expression: given.JSONPatch.Expression}, &m.all))
		case given.PatchType == admissionregistrationv1.PatchTypeApplyConfiguration && given.ApplyConfiguration != nil:
			expression := &patch.ApplyConfigurationCondition{Expression: given.ApplyConfiguration.Expression}
			patcher = patch.NewApplyConfigurationPatcher(b.patch(path, expression, &m.all))
		default:
			// A fault of the policy, which is then not applied.
			continue
		}
		m.evaluator.Mutators = append(m.evaluator.Mutators, namedPatcher{patcher, p.Name})
	}
	m.evaluator.CompositedCompiler = b.composed
	if m.conditions != nil {
		m.evaluator.Matcher = m.conditions.matcher
	}
	m.faults = b.faults
	return m
}

func union(list []reads) reads {
	var all reads
	for _, r := range list {
		all |= r
	}
	return all
}
