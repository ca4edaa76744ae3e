package admission

import (
	"context"

	celtypes "github.com/google/cel-go/common/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// conditions are the match conditions of a policy or a webhook. Nil is none.
type conditions struct {
	filter  cel.ConditionEvaluator
	matcher matchconditions.Matcher
	reads   []reads
	all     reads
	// faults name those that do not compile.
	faults []string
}

// outcome of match conditions. The zero value is a match.
type outcome struct {
	excluded bool
	// missing is what would have to be known to tell.
	missing reads
	err     error
}

// match evaluates the conditions. Where one reads what is missing, it decides nothing; but a condition that is false
// excludes the request whatever the others are.
func (c *conditions) match(
	ctx context.Context, request *admission.VersionedAttributes, params runtime.Object,
	asked authorizer.UnconditionalAuthorizer, missing reads,
) outcome {
	if c == nil {
		return outcome{}
	}
	if c.all&missing == 0 {
		result := c.matcher.Match(ctx, request, params, asked)
		return outcome{excluded: !result.Matches && result.Error == nil, err: result.Error}
	}
	unknown := outcome{missing: c.all & missing}
	input := cel.CreateAdmissionRequest(request.Attributes,
		metav1.GroupVersionResource(request.GetResource()), metav1.GroupVersionKind(request.VersionedKind))
	bindings := cel.OptionalVariableBindings{VersionedParams: params, Authorizer: asked}
	results, _, err := c.filter.ForInput(ctx, request, input, bindings, nil, celconfig.RuntimeCELCostBudgetMatchConditions)
	if err != nil {
		// The budget is used up, perhaps by what the missing value would have cost.
		return unknown
	}
	for i := range results {
		if c.reads[i]&missing == 0 && results[i].EvalResult == celtypes.False {
			return outcome{excluded: true}
		}
	}
	return unknown
}

// union is what the conditions read.
func (c *conditions) union() reads {
	if c == nil {
		return 0
	}
	return c.all
}
