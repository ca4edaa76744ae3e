package dryrun

import (
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const (
	// GuardName is the name of the ValidatingAdmissionPolicy and of its binding.
	GuardName = "daysix-dry-run-guard"
	// probeName is the name of a pod that the guard refuses even as a dry-run, which shows that it is in force.
	probeName = "daysix-guard-probe"
)

// ExpectedPolicy is what the guard of a user has to say, with the defaults of the API server. config/components/dry-run
// ships it for the ServiceAccount of config/default; a test holds the two against each other.
//
// It knows its user by name. Groups would not do: impersonation chooses them freely. No expression of it can fail for anybody
// else, whose pods it would refuse then.
func ExpectedPolicy(user string) admissionregistrationv1.ValidatingAdmissionPolicySpec {
	return admissionregistrationv1.ValidatingAdmissionPolicySpec{
		FailurePolicy: ptr.To(admissionregistrationv1.Fail),
		MatchConstraints: &admissionregistrationv1.MatchResources{
			MatchPolicy:       ptr.To(admissionregistrationv1.Equivalent),
			NamespaceSelector: &metav1.LabelSelector{},
			ObjectSelector:    &metav1.LabelSelector{},
			ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{
				RuleWithOperations: admissionregistrationv1.RuleWithOperations{
					Operations: []admissionregistrationv1.OperationType{
						admissionregistrationv1.Create, admissionregistrationv1.Update, admissionregistrationv1.Delete,
						admissionregistrationv1.Connect,
					},
					Rule: admissionregistrationv1.Rule{
						APIGroups: []string{""}, APIVersions: []string{"*"}, Resources: []string{"pods", "pods/*"},
						Scope: ptr.To(admissionregistrationv1.AllScopes),
					},
				},
			}},
		},
		MatchConditions: []admissionregistrationv1.MatchCondition{
			{Name: "is-daysix", Expression: "has(request.userInfo.username) && request.userInfo.username == '" + user + "'"},
		},
		Validations: []admissionregistrationv1.Validation{
			{
				Expression: "has(request.dryRun) && request.dryRun",
				Message:    "Daysix may ask about pods by dry-run and do nothing else with them.",
				Reason:     ptr.To(metav1.StatusReasonForbidden),
			},
			{
				Expression: "!has(request.name) || request.name != '" + probeName + "'",
				Message:    "This guard is in force.",
				Reason:     ptr.To(metav1.StatusReasonForbidden),
			},
		},
	}
}

// ExpectedBinding is what the binding of the guard has to say.
func ExpectedBinding() admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec {
	return admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName:        GuardName,
		ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}
}

// policyDiffers names the fields in which a policy is not the expected one; empty where it is.
func policyDiffers(got, want admissionregistrationv1.ValidatingAdmissionPolicySpec) string {
	return differs([]part{
		{"paramKind", got.ParamKind, want.ParamKind},
		{"matchConstraints", got.MatchConstraints, want.MatchConstraints},
		{"validations", got.Validations, want.Validations},
		{"failurePolicy", got.FailurePolicy, want.FailurePolicy},
		{"auditAnnotations", got.AuditAnnotations, want.AuditAnnotations},
		{"matchConditions", got.MatchConditions, want.MatchConditions},
		{"variables", got.Variables, want.Variables},
	}, got, want)
}

// bindingDiffers does for a binding what policyDiffers does for a policy.
func bindingDiffers(got, want admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec) string {
	return differs([]part{
		{"policyName", got.PolicyName, want.PolicyName},
		{"paramRef", got.ParamRef, want.ParamRef},
		{"matchResources", got.MatchResources, want.MatchResources},
		{"validationActions", got.ValidationActions, want.ValidationActions},
	}, got, want)
}

type part struct {
	field     string
	got, want any
}

// differs compares the wholes, so that a field that the parts leave out counts, too.
func differs(parts []part, got, want any) string {
	if equality.Semantic.DeepEqual(got, want) {
		return ""
	}
	var fields []string
	for _, p := range parts {
		if !equality.Semantic.DeepEqual(p.got, p.want) {
			fields = append(fields, "spec."+p.field)
		}
	}
	if len(fields) == 0 {
		return "spec"
	}
	return strings.Join(fields, ", ")
}
