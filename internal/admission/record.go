package admission

import (
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
)

// record keeps the decisions of one evaluation. The match conditions may need missing facts to tell whether the policy
// applies: then it decides nothing, and matters unless it would admit the pod in any case.
func (r *recorder) record(decided *validating.ValidateResult, with *param, missing reads) {
	denials, unknown := r.refusals(decided, with)
	if missing == 0 {
		r.gapsFor(r.rule, r.binding, unknown)
		for i := range denials {
			r.deny(&denials[i], r.rule, r.binding)
		}
		return
	}
	// A condition that fails is a denial too, unless failures are ignored.
	if len(denials) > 0 || unknown != 0 || !r.rule.ignores {
		r.gapsFor(r.rule, r.binding, missing|unknown)
	}
}

// refusals are the denials among the decisions, and the facts that are missing to the others.
func (r *recorder) refusals(decided *validating.ValidateResult, with *param) ([]Denial, reads) {
	var denials []Denial
	var unknown reads
	// An error of the whole policy, such as a cost over the budget, is a single decision.
	whole := len(decided.Decisions) != len(r.compiled.expressions)
	for i := range decided.Decisions {
		d := &decided.Decisions[i]
		index, read := i, r.compiled.all
		if whole {
			index = NoExpression
		} else {
			read = r.compiled.expressions[i]
		}
		if gap := read & r.missing; gap != 0 {
			unknown |= gap
			continue
		}
		if d.Action != validating.ActionDeny {
			continue
		}
		cause := Refused
		if d.Evaluation == validating.EvalError {
			cause = r.cause(read)
		}
		denials = append(denials, Denial{
			Param: with.key, Changed: with.changed, Expression: index, Message: d.Message, Reason: d.Reason, Cause: cause,
			Actions: r.binding.actions,
		})
	}
	for i := range decided.AuditAnnotations {
		a := &decided.AuditAnnotations[i]
		read := r.compiled.annotations[i]
		if gap := read & r.missing; gap != 0 && !r.rule.ignores {
			unknown |= gap
			continue
		}
		if a.Action == validating.AuditAnnotationActionError {
			// The API server refuses the pod whatever the actions of the binding are.
			denials = append(denials, Denial{
				Param: with.key, Changed: with.changed, Expression: NoExpression, Message: a.Error, Cause: r.cause(read),
			})
		}
	}
	return denials, unknown
}
