package admission_test

import (
	"context"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/daysix/daysix/internal/admission"
)

// A policy is tightened: which namespaces does that concern, and would their pods still be admitted?
func ExamplePolicies() {
	policies := admission.New()
	policies.UpsertValidatingBinding(&admissionregistrationv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "registry-in-production"},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName:        "registry",
			ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
			MatchResources: &admissionregistrationv1.MatchResources{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"env": "prod"}},
			},
		},
	})
	scope := policies.UpsertValidatingPolicy(&admissionregistrationv1.ValidatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "registry"},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
			MatchConstraints: &admissionregistrationv1.MatchResources{
				ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{
					RuleWithOperations: admissionregistrationv1.RuleWithOperations{
						Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
						Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
					},
				}},
			},
			Validations: []admissionregistrationv1.Validation{{
				Expression: "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))", Message: "image from elsewhere",
			}},
		},
	})
	shop := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: map[string]string{"env": "prod"}}}
	fmt.Println("concerns shop:", scope.Matches(shop.Name, shop.Labels), "sandbox:", scope.Matches("sandbox", nil))

	result := policies.Evaluate(context.Background(), &admission.Request{
		Pod: &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", GenerateName: "web-"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "docker.io/web:1"}}},
		},
		Namespace: shop,
		User:      &user.DefaultInfo{Name: "system:serviceaccount:kube-system:replicaset-controller"},
	})
	fmt.Println(result.Verdict())
	for i := range result.Denials {
		fmt.Println(result.Denials[i].String())
	}
	// Output:
	// concerns shop: true sandbox: false
	// Denied
	// ValidatingAdmissionPolicy 'registry' with binding 'registry-in-production' denied request: image from elsewhere
}
