package controllers

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=roles;clusterroles;rolebindings;clusterrolebindings,verbs=get;list;watch

// grantFeeds lists the feeds of the index of grants. What a change affects is who it gives rights to or takes them from; the
// snapshot knows which workloads run as them. changed is told who they are, and returns the workloads that it affects otherwise.
func grantFeeds(grants *rbac.Index, s *snapshot.Snapshot, changed func(...rbac.Subject) snapshot.Affected) []feed {
	of := func(subjects rbac.Affected) snapshot.Affected {
		if len(subjects) == 0 {
			return nil
		}
		return union(runningAs(s, subjects), changed(subjects...))
	}
	return []feed{
		feedOf(snapshot.Roles,
			func(r *rbacv1.Role) snapshot.Affected { return of(grants.UpsertRole(r)) },
			func(r *rbacv1.Role) snapshot.Affected { return of(grants.DeleteRole(r.Namespace, r.Name)) }),
		feedOf(snapshot.ClusterRoles,
			func(r *rbacv1.ClusterRole) snapshot.Affected { return of(grants.UpsertClusterRole(r)) },
			func(r *rbacv1.ClusterRole) snapshot.Affected { return of(grants.DeleteClusterRole(r.Name)) }),
		feedOf(snapshot.RoleBindings,
			func(b *rbacv1.RoleBinding) snapshot.Affected { return of(grants.UpsertRoleBinding(b)) },
			func(b *rbacv1.RoleBinding) snapshot.Affected {
				return of(grants.DeleteRoleBinding(b.Namespace, b.Name))
			}),
		feedOf(snapshot.ClusterRoleBindings,
			func(b *rbacv1.ClusterRoleBinding) snapshot.Affected { return of(grants.UpsertClusterRoleBinding(b)) },
			func(b *rbacv1.ClusterRoleBinding) snapshot.Affected {
				return of(grants.DeleteClusterRoleBinding(b.Name))
			}),
	}
}

// runningAs lists the workloads that run as one of the subjects, or as a member of one that is a group.
func runningAs(s *snapshot.Snapshot, subjects rbac.Affected) snapshot.Affected {
	var affected snapshot.Affected
	for _, subject := range subjects {
		switch subject.Kind {
		case rbacv1.ServiceAccountKind:
			affected = append(affected, s.RunningAs(types.NamespacedName{Namespace: subject.Namespace, Name: subject.Name})...)
		case rbacv1.GroupKind:
			namespace, ofNamespace := strings.CutPrefix(subject.Name, rbac.GroupServiceAccounts+":")
			switch {
			case ofNamespace:
				affected = append(affected, s.OfNamespace(namespace)...)
			case subject.Name == rbac.GroupServiceAccounts, subject.Name == rbac.GroupAuthenticated:
				return s.Workloads()
			}
		}
	}
	slices.SortFunc(affected, snapshot.Key.Compare)
	return slices.Compact(affected)
}

// judgedBy lists the workloads that policies judge by the rights of one of the subjects: those whose pods it creates, where a
// policy asks what the user may do, and all that a policy is about which asks about ServiceAccounts that it names.
func judgedBy(p *admission.Policies, s *snapshot.Snapshot, subjects rbac.Affected) snapshot.Affected {
	aboutUser, aboutOthers := p.AskingAuthorizer()
	var affected snapshot.Affected
	if slices.ContainsFunc(subjects, isOfServiceAccounts) {
		affected = affectedBy(s, aboutOthers)
	}
	for _, key := range affectedBy(s, aboutUser) {
		view, ok := s.View(key)
		if ok && slices.ContainsFunc(restart.Creators(&view), func(u candidate.User) bool { return isAmong(subjects, u) }) {
			affected = append(affected, key)
		}
	}
	return affected
}

// isAmong tells whether a user, or a group of his, is one of the subjects.
func isAmong(subjects rbac.Affected, u candidate.User) bool {
	return slices.Contains(subjects, rbac.User(u.Name)) ||
		slices.ContainsFunc(u.Groups, func(group string) bool { return slices.Contains(subjects, rbac.Group(group)) })
}

// isOfServiceAccounts tells whether a subject is a ServiceAccount or a group that has some.
func isOfServiceAccounts(subject rbac.Subject) bool {
	return subject.Kind == rbacv1.ServiceAccountKind || subject == rbac.Group(rbac.GroupAuthenticated) ||
		subject.Kind == rbacv1.GroupKind && strings.HasPrefix(subject.Name, rbac.GroupServiceAccounts)
}
