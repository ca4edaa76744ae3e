package admission

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// firstLines are the faults without what the compiler adds below.
func firstLines(faults []string) []string {
	var out []string
	for _, f := range faults {
		first, _, _ := strings.Cut(f, "\n")
		out = append(out, first)
	}
	return out
}

func TestFaultsAreFoundInWhatIsNotInUse(t *testing.T) {
	const broken = "compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing' (in container '')"
	condition := []admissionregistrationv1.MatchCondition{{Name: "c", Expression: "nothing"}}
	wrong := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Is"}}}
	for _, test := range []struct {
		name  string
		given any
		want  []string
	}{
		{"a policy without any", &admissionregistrationv1.ValidatingAdmissionPolicy{
			Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{Validations: []admissionregistrationv1.Validation{{Expression: "true"}}},
		}, nil},
		{"every expression of a policy", &admissionregistrationv1.ValidatingAdmissionPolicy{
			Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
				FailurePolicy: ptr.To(admissionregistrationv1.FailurePolicyType("Warn")),
				Variables:     []admissionregistrationv1.Variable{{Name: "v", Expression: "nothing"}}, MatchConditions: condition,
				Validations: []admissionregistrationv1.Validation{
					{Expression: "true", MessageExpression: "'fine'"}, {Expression: "nothing", MessageExpression: "nothing"},
				},
			},
		}, []string{
			`spec.failurePolicy is "Warn", which is not known`, "spec.variables[0]: " + broken, "spec.matchConditions[0]: " + broken,
			"spec.validations[1]: " + broken, "spec.validations[1].messageExpression: " + broken,
		}},
		{"a mutating policy", &admissionregistrationv1.MutatingAdmissionPolicy{
			Spec: admissionregistrationv1.MutatingAdmissionPolicySpec{Mutations: []admissionregistrationv1.Mutation{{
				PatchType: "JSONPatch", JSONPatch: &admissionregistrationv1.JSONPatch{Expression: "nothing"},
			}, {PatchType: "Replace"}}},
		}, []string{`spec.mutations[1].patchType is "Replace", which is not known`, "spec.mutations[0]: " + broken}},
		{"a binding", &admissionregistrationv1.ValidatingAdmissionPolicyBinding{
			Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
				ValidationActions: []admissionregistrationv1.ValidationAction{"Refuse"},
			},
		}, []string{`spec.validationActions is "Refuse", which is not known`}},
		{"webhooks", &admissionregistrationv1.ValidatingWebhookConfiguration{
			Webhooks: []admissionregistrationv1.ValidatingWebhook{{Name: "w", MatchConditions: condition, NamespaceSelector: wrong}},
		}, []string{`w: "Is" is not a valid label selector operator`, "w: spec.matchConditions[0]: " + broken}},
		{"anything else", &metav1.Status{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, firstLines(FaultsIn(test.given))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
