package rbac

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RoleRef names a Role, or a ClusterRole where Namespace is empty.
type RoleRef struct{ Namespace, Name string }

// String is the kind and the name: Role team-a/deployer, ClusterRole edit.
func (r RoleRef) String() string {
	if r.Namespace == "" {
		return "ClusterRole " + r.Name
	}
	return "Role " + r.Namespace + "/" + r.Name
}

// role is the content of a Role or ClusterRole. It is never changed: an update puts another one in its place, so that
// Rights stay what they were when they were resolved.
type role struct {
	rules []*Rule
	// aggregation is the selector of an aggregated ClusterRole. Its rules are those that the controller has filled in.
	aggregation *rbacv1.AggregationRule
}

func (r *role) sameRules(other *role) bool {
	return r != nil && other != nil && slices.Equal(r.rules, other.rules)
}

// BindingRef names a RoleBinding, or a ClusterRoleBinding where Namespace is empty.
type BindingRef struct{ Namespace, Name string }

// String is the kind and the name: RoleBinding team-a/deployers, ClusterRoleBinding admins.
func (b BindingRef) String() string {
	if b.Namespace == "" {
		return "ClusterRoleBinding " + b.Name
	}
	return "RoleBinding " + b.Namespace + "/" + b.Name
}

func compareBindings(a, b *binding) int {
	return cmp.Or(cmp.Compare(a.ref.Namespace, b.ref.Namespace), cmp.Compare(a.ref.Name, b.ref.Name))
}

// binding is the content of a RoleBinding or ClusterRoleBinding. It is never changed.
type binding struct {
	ref BindingRef
	// role is what it refers to, if validRole. A ClusterRoleBinding to a Role, or a kind that is not known, gives nothing.
	role      RoleRef
	validRole bool
	// subjects are sorted and distinct.
	subjects []Subject
	// ignored are the subjects that match nobody, as they stand in the object.
	ignored []rbacv1.Subject
}

func newBinding(meta *metav1.ObjectMeta, roleRef rbacv1.RoleRef, subjects []rbacv1.Subject) *binding {
	b := &binding{ref: BindingRef{meta.Namespace, meta.Name}}
	switch roleRef.Kind {
	case "ClusterRole":
		b.role, b.validRole = RoleRef{Name: roleRef.Name}, true
	case "Role":
		b.role, b.validRole = RoleRef{meta.Namespace, roleRef.Name}, meta.Namespace != ""
	}
	for i := range subjects {
		if s, ok := subjectOf(&subjects[i], meta.Namespace); ok {
			b.subjects = append(b.subjects, s)
		} else {
			b.ignored = append(b.ignored, subjects[i])
		}
	}
	slices.SortFunc(b.subjects, CompareSubjects)
	b.subjects = slices.Compact(b.subjects)
	return b
}

// touched are the subjects whose grants change when the binding takes the place of old: all of both where the role
// differs, else those that only one of them has.
func (b *binding) touched(old *binding) []Subject {
	if old == nil {
		return b.subjects
	}
	if b.role != old.role || b.validRole != old.validRole {
		return sortSubjects(append(slices.Clone(old.subjects), b.subjects...))
	}
	var only []Subject
	for _, pair := range [...][2]*binding{{b, old}, {old, b}} {
		for _, s := range pair[0].subjects {
			if _, found := slices.BinarySearchFunc(pair[1].subjects, s, CompareSubjects); !found {
				only = append(only, s)
			}
		}
	}
	return sortSubjects(only)
}

func sortSubjects(subjects []Subject) []Subject {
	slices.SortFunc(subjects, CompareSubjects)
	return slices.Compact(subjects)
}
