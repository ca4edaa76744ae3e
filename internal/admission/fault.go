package admission

import (
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
)

// A fault is a value of an enumeration that this version does not know. The API server refuses those that it does not know
// either, so that a stored one comes from a newer version: what it means there cannot be said.

func unknownValue[T ~string](field string, value T, known ...T) []string {
	if slices.Contains(known, value) {
		return nil
	}
	return []string{fmt.Sprintf("spec.%s is %q, which is not known", field, value)}
}

func matchFaults(field string, m *admissionregistrationv1.MatchResources) []string {
	if m == nil {
		return nil
	}
	faults := unknownValue(field+".matchPolicy", *m.MatchPolicy, admissionregistrationv1.Exact, admissionregistrationv1.Equivalent)
	return slices.Concat(
		faults, ruleFaults(field+".resourceRules", m.ResourceRules), ruleFaults(field+".excludeResourceRules", m.ExcludeResourceRules))
}

func ruleFaults(field string, list []admissionregistrationv1.NamedRuleWithOperations) []string {
	var faults []string
	for i := range list {
		faults = append(faults, unknownValue(fmt.Sprintf("%s[%d].scope", field, i), *list[i].Scope,
			admissionregistrationv1.AllScopes, admissionregistrationv1.NamespacedScope, admissionregistrationv1.ClusterScope)...)
	}
	return faults
}

func mutationFaults(spec *admissionregistrationv1.MutatingAdmissionPolicySpec) []string {
	var faults []string
	if spec.ReinvocationPolicy != "" {
		faults = unknownValue("reinvocationPolicy", spec.ReinvocationPolicy,
			admissionregistrationv1.NeverReinvocationPolicy, admissionregistrationv1.IfNeededReinvocationPolicy)
	}
	for i := range spec.Mutations {
		m := &spec.Mutations[i]
		field := fmt.Sprintf("mutations[%d]", i)
		faults = append(faults, unknownValue(field+".patchType", m.PatchType,
			admissionregistrationv1.PatchTypeApplyConfiguration, admissionregistrationv1.PatchTypeJSONPatch)...)
		if m.PatchType == admissionregistrationv1.PatchTypeApplyConfiguration && m.ApplyConfiguration == nil ||
			m.PatchType == admissionregistrationv1.PatchTypeJSONPatch && m.JSONPatch == nil {
			faults = append(faults, fmt.Sprintf("spec.%s has no expression", field))
		}
	}
	return faults
}
