package fix

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// WithoutAccount are the subjects of a binding without a ServiceAccount. ok is false where the binding does not name it: it
// has the rights as a member of a group, and everybody else in the group has them too.
func WithoutAccount(subjects []rbacv1.Subject, namespace, name string) (rest []rbacv1.Subject, ok bool) {
	rest = slices.DeleteFunc(slices.Clone(subjects), func(s rbacv1.Subject) bool {
		switch s.Kind {
		case rbacv1.ServiceAccountKind:
			return s.Namespace == namespace && s.Name == name
		case rbacv1.UserKind:
			return s.Name == "system:serviceaccount:"+namespace+":"+name
		default:
			return false
		}
	})
	return rest, len(rest) < len(subjects)
}

// SubjectsPatch is the strategic merge patch that gives a binding other subjects. It replaces the list: subjects have no key to
// be merged by.
func SubjectsPatch(kind, namespace, name string, subjects []rbacv1.Subject) Patch {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	list := make([]any, 0, len(subjects))
	for _, s := range subjects {
		subject := map[string]any{"kind": s.Kind, "name": s.Name}
		if s.APIGroup != "" {
			subject["apiGroup"] = s.APIGroup
		}
		if s.Namespace != "" {
			subject["namespace"] = s.Namespace
		}
		list = append(list, subject)
	}
	return Patch{"apiVersion": rbacv1.SchemeGroupVersion.String(), "kind": kind, "metadata": metadata, "subjects": list}
}
