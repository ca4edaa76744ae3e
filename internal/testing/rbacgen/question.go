package rbacgen

import (
	"cmp"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/rbac"
)

// Question is a random request. Most are made of the words of a rule, so that yes is common: of one of the grants that we
// think whoever asks has, or of any. One word in ten is then another.
func (w *World) Question(grants []rbac.Grant) rbac.Attributes {
	var rule rbacv1.PolicyRule
	var namespace string
	known := false
	switch kind := w.random.IntN(10); {
	case kind < 6 && len(grants) > 0:
		g := grants[w.random.IntN(len(grants))]
		rule, namespace, known = policyRule(g.Rule), cmp.Or(g.Binding.Namespace, w.pick(Namespaces())), true
	case kind < 8:
		rule, namespace, known = w.boundRule()
	}
	if known && len(rule.Verbs) > 0 {
		if a := w.pointed(&rule, namespace); a.Path != "" || a.Resource != "" {
			return a
		}
	}
	return w.blind()
}

func policyRule(r *rbac.Rule) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{
		Verbs: r.Verbs, APIGroups: r.APIGroups, Resources: r.Resources,
		ResourceNames: r.ResourceNames, NonResourceURLs: r.NonResourceURLs,
	}
}

// blind is a question that knows of no rule.
func (w *World) blind() rbac.Attributes {
	if w.random.IntN(10) == 0 {
		return rbac.Attributes{Verb: w.pick(verbs), Path: w.pick(paths)}
	}
	a := rbac.Attributes{Verb: w.pick(verbs), APIGroup: w.pick(groups), Resource: w.pick(resources)}
	if w.random.IntN(4) == 0 {
		a.Subresource = w.pick(subresources)
	}
	if w.random.IntN(5) > 0 {
		a.Namespace = w.pick(Namespaces())
	}
	if w.random.IntN(2) == 0 {
		a.Name = w.pick(names)
	}
	return a
}

// pointed is a question about a rule.
func (w *World) pointed(rule *rbacv1.PolicyRule, namespace string) rbac.Attributes {
	a := rbac.Attributes{Verb: w.word(rule.Verbs, verbs)}
	if len(rule.NonResourceURLs) > 0 {
		a.Path = strings.TrimRight(w.word(rule.NonResourceURLs, paths), "*")
		return a
	}
	a.APIGroup, a.Namespace = w.word(rule.APIGroups, groups), namespace
	a.Resource, a.Subresource, _ = strings.Cut(w.word(rule.Resources, resources), "/")
	if a.Resource == "*" {
		a.Resource = w.pick(resources)
	}
	if len(rule.ResourceNames) > 0 || w.random.IntN(2) == 0 {
		a.Name = w.word(rule.ResourceNames, names)
	}
	return a
}

// word is one of the list, or any of the others: always where the list has none or says the wildcard.
func (w *World) word(list, others []string) string {
	if len(list) == 0 || w.random.IntN(10) == 0 {
		return w.pick(others)
	}
	if found := w.pick(list); found != "*" {
		return found
	}
	return w.pick(others)
}

// boundRule is a rule of the role of a random binding, and a namespace in which it holds.
func (w *World) boundRule() (rbacv1.PolicyRule, string, bool) {
	if w.random.IntN(2) == 0 && len(w.ClusterRoleBindings) > 0 {
		b := w.ClusterRoleBindings[w.random.IntN(len(w.ClusterRoleBindings))]
		rule, ok := w.ruleOf(b.RoleRef, "")
		return rule, w.pick(append([]string{""}, Namespaces()...)), ok
	}
	if len(w.RoleBindings) == 0 {
		return rbacv1.PolicyRule{}, "", false
	}
	b := w.RoleBindings[w.random.IntN(len(w.RoleBindings))]
	rule, ok := w.ruleOf(b.RoleRef, b.Namespace)
	return rule, b.Namespace, ok
}
