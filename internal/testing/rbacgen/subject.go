package rbacgen

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/rbac"
)

// Subjects are who may ask: every ServiceAccount of the world, users, and groups by themselves.
func Subjects() []rbac.Subject {
	var all []rbac.Subject
	for _, namespace := range Namespaces() {
		for _, account := range accounts {
			all = append(all, rbac.ServiceAccount(namespace, account))
		}
	}
	for _, user := range users {
		all = append(all, rbac.User(user))
	}
	for _, group := range userGroups {
		all = append(all, rbac.Group(group))
	}
	return all
}

// Credentials are the user name and the groups with which a request of the subject arrives. A group by itself has no user.
func Credentials(s rbac.Subject) (user string, groups []string) {
	switch {
	case s.Kind == rbacv1.ServiceAccountKind:
		return s.String(), []string{
			rbac.GroupServiceAccounts, rbac.GroupServiceAccounts + ":" + s.Namespace, rbac.GroupAuthenticated,
		}
	case s.Kind == rbacv1.GroupKind:
		return "", []string{s.Name}
	case s == rbac.User(rbac.UserAnonymous):
		return s.Name, []string{rbac.GroupUnauthenticated}
	default:
		return s.Name, nil
	}
}

func (w *World) subject() rbacv1.Subject {
	switch w.random.IntN(11) {
	case 0:
		return group(w.pick([]string{rbac.GroupAuthenticated, rbac.GroupServiceAccounts, rbac.GroupMasters}))
	case 1:
		return group(rbac.GroupServiceAccounts + ":" + w.pick(Namespaces()))
	case 2:
		return user(rbac.ServiceAccount(w.pick(Namespaces()), w.pick(accounts)).String())
	case 3:
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: w.pick(accounts)}
	case 4:
		return rbacv1.Subject{Kind: w.pick([]string{"Robot", "", "serviceaccount"}), Namespace: "a", Name: w.pick(accounts)}
	case 5:
		return group(w.pick([]string{rbac.GroupUnauthenticated, "developers"}))
	case 6:
		return user(w.pick(users))
	default:
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: w.pick(Namespaces()), Name: w.pick(accounts)}
	}
}

func group(name string) rbacv1.Subject {
	return rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: name}
}

func user(name string) rbacv1.Subject {
	return rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}
}

func (w *World) subjects() []rbacv1.Subject {
	var subjects []rbacv1.Subject
	for range w.random.IntN(5) {
		subjects = append(subjects, w.subject())
	}
	return subjects
}

// BoundSubjects are those that a binding of the objects names, sorted and distinct: but for system:masters, whom the API
// server lets through before it asks RBAC.
func (o *Objects) BoundSubjects() []rbac.Subject {
	var bound []rbac.Subject
	add := func(subjects []rbacv1.Subject, namespace string) {
		for i := range subjects {
			s := &subjects[i]
			switch s.Kind {
			case rbacv1.ServiceAccountKind:
				bound = append(bound, rbac.ServiceAccount(cmp.Or(s.Namespace, namespace), s.Name))
			case rbacv1.GroupKind:
				bound = append(bound, rbac.Group(s.Name))
			case rbacv1.UserKind:
				bound = append(bound, rbac.User(s.Name))
			}
		}
	}
	for _, b := range o.RoleBindings {
		add(b.Subjects, b.Namespace)
	}
	for _, b := range o.ClusterRoleBindings {
		add(b.Subjects, "")
	}
	bound = slices.DeleteFunc(bound, func(s rbac.Subject) bool { return s == rbac.Group(rbac.GroupMasters) })
	slices.SortFunc(bound, rbac.CompareSubjects)
	return slices.Compact(bound)
}
