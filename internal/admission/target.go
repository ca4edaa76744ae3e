package admission

import (
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	"k8s.io/apiserver/pkg/authentication/user"
)

// podKind and podResource are what a request to create a pod is about. No other resource is equivalent to it, so that the
// match policy makes no difference.
var (
	podKind     = corev1.SchemeGroupVersion.WithKind("Pod")
	podResource = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

// target is the part of a policy, a binding or a webhook that says what it is about.
type target struct {
	// pods tells whether the creation of a pod can match its rules. A rule for resource names can: a pod may have that name.
	pods bool
	// namespaces and objects are nil where the selector cannot be parsed: then the API server finds a configuration error.
	namespaces, objects labels.Selector
}

// everything is the target of a binding that has none.
func everything() target {
	return target{pods: true, namespaces: labels.Everything(), objects: labels.Everything()}
}

// newTarget reads what a policy or a binding matches, after defaults. A policy without constraints is a configuration error
// for the API server, of every request.
func newTarget(m *admissionregistrationv1.MatchResources) target {
	if m == nil {
		return target{pods: true}
	}
	pods := len(m.ResourceRules) == 0
	for i := range m.ResourceRules {
		pods = pods || matchesPods(&m.ResourceRules[i].RuleWithOperations)
	}
	for i := range m.ExcludeResourceRules {
		rule := &m.ExcludeResourceRules[i]
		pods = pods && (len(rule.ResourceNames) > 0 || !matchesPods(&rule.RuleWithOperations))
	}
	return target{pods: pods, namespaces: selector(m.NamespaceSelector), objects: selector(m.ObjectSelector)}
}

// newWebhookTarget reads what a webhook matches, after defaults.
func newWebhookTarget(list []admissionregistrationv1.RuleWithOperations, namespaces, objects *metav1.LabelSelector) target {
	pods := false
	for i := range list {
		pods = pods || matchesPods(&list[i])
	}
	return target{pods: pods, namespaces: selector(namespaces), objects: selector(objects)}
}

// selector is nil where it cannot be parsed.
func selector(s *metav1.LabelSelector) labels.Selector {
	parsed, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil
	}
	return parsed
}

func matchesPods(rule *admissionregistrationv1.RuleWithOperations) bool {
	// The namespace only tells that the resource is in one.
	m := rules.Matcher{Rule: *rule, Attr: podAttributes(nil, "any", "", nil)}
	return m.Matches()
}

// mayMatch leaves out what is certainly not about the pods of a namespace. The rest is decided by upstream.
func (t *target) mayMatch(namespace labels.Set) bool {
	return t.pods && matches(t.namespaces, namespace)
}

// podAttributes is the request of a user to create a pod. The name is empty while it has not been generated.
func podAttributes(pod *corev1.Pod, namespace, name string, asking user.Info) admission.Attributes {
	options := &metav1.CreateOptions{TypeMeta: metav1.TypeMeta{APIVersion: "meta.k8s.io/v1", Kind: "CreateOptions"}}
	return admission.NewAttributesRecord(pod, nil, podKind, namespace, name, podResource, "", admission.Create, options, false, asking)
}
