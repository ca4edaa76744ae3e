package rbacgen

import (
	"math/rand/v2"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/rbac"
)

// Objects are the roles and bindings of a cluster.
type Objects struct {
	Roles               []*rbacv1.Role
	ClusterRoles        []*rbacv1.ClusterRole
	RoleBindings        []*rbacv1.RoleBinding
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding
}

// Feed puts the objects into an index, in random order.
func (o *Objects) Feed(x *rbac.Index, random *rand.Rand) {
	var steps []func()
	for _, object := range o.Roles {
		steps = append(steps, func() { x.UpsertRole(object) })
	}
	for _, object := range o.ClusterRoles {
		steps = append(steps, func() { x.UpsertClusterRole(object) })
	}
	for _, object := range o.RoleBindings {
		steps = append(steps, func() { x.UpsertRoleBinding(object) })
	}
	for _, object := range o.ClusterRoleBindings {
		steps = append(steps, func() { x.UpsertClusterRoleBinding(object) })
	}
	random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
}

// DropInvalid takes out what the API server refuses (pkg/apis/rbac/validation): rules without a verb, rules that name
// nothing, or resources and URLs at once, URLs in a Role, kinds that are not known, and ServiceAccounts without a
// namespace in a ClusterRoleBinding.
func (o *Objects) DropInvalid() {
	for _, role := range o.Roles {
		role.Rules = slices.DeleteFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return len(r.NonResourceURLs) > 0 || !validRule(&r) })
	}
	for _, role := range o.ClusterRoles {
		role.Rules = slices.DeleteFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return !validRule(&r) })
	}
	o.RoleBindings = slices.DeleteFunc(o.RoleBindings, func(b *rbacv1.RoleBinding) bool {
		return b.RoleRef.Kind != "Role" && b.RoleRef.Kind != "ClusterRole"
	})
	for _, b := range o.RoleBindings {
		b.Subjects = slices.DeleteFunc(b.Subjects, func(s rbacv1.Subject) bool { return !validKind(s.Kind) })
	}
	o.ClusterRoleBindings = slices.DeleteFunc(o.ClusterRoleBindings, func(b *rbacv1.ClusterRoleBinding) bool {
		return b.RoleRef.Kind != "ClusterRole"
	})
	for _, b := range o.ClusterRoleBindings {
		b.Subjects = slices.DeleteFunc(b.Subjects, func(s rbacv1.Subject) bool {
			return !validKind(s.Kind) || (s.Kind == rbacv1.ServiceAccountKind && s.Namespace == "")
		})
	}
}

func validRule(r *rbacv1.PolicyRule) bool {
	if len(r.NonResourceURLs) > 0 {
		return len(r.Verbs) > 0 && len(r.APIGroups)+len(r.Resources)+len(r.ResourceNames) == 0
	}
	return len(r.Verbs) > 0 && len(r.APIGroups) > 0 && len(r.Resources) > 0
}

func validKind(kind string) bool {
	return kind == rbacv1.ServiceAccountKind || kind == rbacv1.GroupKind || kind == rbacv1.UserKind
}

// ruleOf is a random rule of a role; false where the role has none or does not exist.
func (w *World) ruleOf(ref rbacv1.RoleRef, namespace string) (rbacv1.PolicyRule, bool) {
	var rules []rbacv1.PolicyRule
	for _, r := range w.ClusterRoles {
		if ref.Kind == "ClusterRole" && r.Name == ref.Name {
			rules = r.Rules
		}
	}
	for _, r := range w.Roles {
		if ref.Kind == "Role" && r.Name == ref.Name && r.Namespace == namespace {
			rules = r.Rules
		}
	}
	if len(rules) == 0 {
		return rbacv1.PolicyRule{}, false
	}
	return rules[w.random.IntN(len(rules))], true
}
