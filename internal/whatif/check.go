package whatif

import (
	"fmt"
	"maps"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// EnforceLabels are the labels that a level, or a level and a version as in restricted:v1.37, stands for. A level alone leaves
// the version of a namespace as it is.
func EnforceLabels(text string) (map[string]string, error) {
	level, version, pinned := strings.Cut(text, ":")
	labels := map[string]string{api.EnforceLevelLabel: level}
	if pinned {
		labels[api.EnforceVersionLabel] = version
	}
	if faults := labelFaults(labels); len(faults) > 0 {
		return nil, fmt.Errorf("%q: %s", text, strings.Join(faults, "; "))
	}
	return labels, nil
}

// labelFaults are the labels of Pod Security that the API server cannot read.
func labelFaults(labels map[string]string) []string {
	evaluator, err := podsecurity.New(podsecurity.Settings{})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, p := range evaluator.Namespace("", labels).Problems {
		out = append(out, fmt.Sprintf("metadata.labels[%s] is %q, which %s", p.Label, p.Value, p.Message))
	}
	return out
}

// Faults lists why the API server would refuse an object, as far as the verdicts would be wrong for it: expressions that do not
// compile, values and labels that are not known, and fields without which a policy decides something else. It takes the place of
// no validation. Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
func Faults(object any) []string {
	var missing []string
	need := func(field string, given bool) {
		if !given {
			missing = append(missing, field+" is required, but not given")
		}
	}
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		need("spec.matchConstraints.resourceRules", hasRules(o.Spec.MatchConstraints))
		need("spec.validations", len(o.Spec.Validations)+len(o.Spec.AuditAnnotations) > 0)
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		need("spec.matchConstraints.resourceRules", hasRules(o.Spec.MatchConstraints))
		need("spec.mutations", len(o.Spec.Mutations) > 0)
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		need("spec.policyName", o.Spec.PolicyName != "")
		need("spec.validationActions", len(o.Spec.ValidationActions) > 0)
		needParam(o.Spec.ParamRef, need)
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		need("spec.policyName", o.Spec.PolicyName != "")
		needParam(o.Spec.ParamRef, need)
	case *corev1.Namespace:
		return labelFaults(o.Labels)
	}
	return append(missing, admission.FaultsIn(object)...)
}

func hasRules(m *admissionregistrationv1.MatchResources) bool {
	return m != nil && len(m.ResourceRules) > 0
}

func needParam(ref *admissionregistrationv1.ParamRef, need func(field string, given bool)) {
	if ref != nil {
		need("spec.paramRef.name or .selector", ref.Name != "" || ref.Selector != nil)
		need("spec.paramRef.parameterNotFoundAction", ref.ParameterNotFoundAction != nil)
	}
}

// Labelled is a namespace with labels and annotations set, as an apply sets them: what is not named stays. current is nil for a
// namespace that is not there yet.
func Labelled(current *snapshot.Namespace, name string, labels, annotations map[string]string) *snapshot.Namespace {
	fresh := &snapshot.Namespace{}
	if current != nil {
		*fresh = *current
	}
	fresh.Name = name
	fresh.Labels, fresh.Annotations = merged(fresh.Labels, labels), merged(fresh.Annotations, annotations)
	return fresh
}

func merged(old, set map[string]string) map[string]string {
	if len(set) == 0 {
		return old
	}
	out := make(map[string]string, len(old)+len(set))
	maps.Copy(out, old)
	maps.Copy(out, set)
	return out
}
