package controllers

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=roles;clusterroles;rolebindings;clusterrolebindings,verbs=get;list;watch

// grantFeeds lists the feeds of the index of grants. What a change affects is who it gives rights to or takes them from, which
// changed is told; the snapshot knows which workloads run as them.
func grantFeeds(grants *rbac.Index, s *snapshot.Snapshot, changed func(...rbac.Subject)) []feed {
	of := func(subjects rbac.Affected) snapshot.Affected {
		if len(subjects) > 0 {
			changed(subjects...)
		}
		return runningAs(s, subjects)
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
