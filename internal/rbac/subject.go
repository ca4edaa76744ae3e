package rbac

import (
	"cmp"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Subject is who a binding gives rights to. Kind is one of rbacv1's ServiceAccountKind, GroupKind and UserKind.
type Subject struct {
	Kind string
	// Namespace is empty for groups and users.
	Namespace string
	Name      string
}

// The groups that decide what a ServiceAccount, or nobody in particular, may do.
const (
	GroupMasters         = "system:masters"
	GroupServiceAccounts = "system:serviceaccounts"
	GroupAuthenticated   = "system:authenticated"
	GroupUnauthenticated = "system:unauthenticated"
	UserAnonymous        = "system:anonymous"
)

const serviceAccountUserPrefix = "system:serviceaccount:"

// ServiceAccount is the subject of a ServiceAccount.
func ServiceAccount(namespace, name string) Subject {
	return Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
}

// Group is the subject of a group.
func Group(name string) Subject { return Subject{Kind: rbacv1.GroupKind, Name: name} }

// User is the subject of a user. A user name of the form system:serviceaccount:<namespace>:<name> is that ServiceAccount.
func User(name string) Subject {
	if rest, ok := strings.CutPrefix(name, serviceAccountUserPrefix); ok {
		namespace, account, ok := strings.Cut(rest, ":")
		if ok && namespace != "" && account != "" && !strings.Contains(account, ":") {
			return ServiceAccount(namespace, account)
		}
	}
	return Subject{Kind: rbacv1.UserKind, Name: name}
}

// String is the name under which a request of the subject arrives, with the kind in front where it is not a user name.
func (s Subject) String() string {
	switch s.Kind {
	case rbacv1.ServiceAccountKind:
		return serviceAccountUserPrefix + s.Namespace + ":" + s.Name
	case rbacv1.GroupKind:
		return "group " + s.Name
	default:
		return "user " + s.Name
	}
}

// CompareSubjects orders subjects by kind, namespace and name.
func CompareSubjects(a, b Subject) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

// identities are the subjects by which bindings reach s: itself and, where they are fixed by the API server, its groups.
func (s Subject) identities() []Subject {
	switch {
	case s.Kind == rbacv1.ServiceAccountKind:
		return []Subject{
			s, Group(GroupServiceAccounts), Group(GroupServiceAccounts + ":" + s.Namespace), Group(GroupAuthenticated),
		}
	case s == User(UserAnonymous):
		return []Subject{s, Group(GroupUnauthenticated)}
	default:
		return []Subject{s}
	}
}

// subjectOf translates a binding's subject; namespace is that of the binding, empty for a ClusterRoleBinding. The API
// server looks at the kind alone, not at the subject's API group. A ServiceAccount without a namespace takes the
// binding's and matches nobody in a ClusterRoleBinding; a kind that is not known matches nobody either.
func subjectOf(subject *rbacv1.Subject, namespace string) (Subject, bool) {
	switch subject.Kind {
	case rbacv1.ServiceAccountKind:
		found := ServiceAccount(cmp.Or(subject.Namespace, namespace), subject.Name)
		return found, found.Namespace != ""
	case rbacv1.GroupKind:
		return Group(subject.Name), true
	case rbacv1.UserKind:
		return User(subject.Name), true
	default:
		return Subject{}, false
	}
}
