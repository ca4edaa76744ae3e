package rbac

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

const rbacGroup = "rbac.authorization.k8s.io"

// Every verb on every resource of every group: in one rule, for the union of others leaves new resources out.
func everything() Privilege {
	return Privilege{
		ID: everythingID, Catalogue: []string{"R01"},
		Title:   "May do everything",
		Why:     "The holder is cluster-admin; through a RoleBinding it owns the namespace and every identity in it.",
		Fix:     "Bind a role that lists the verbs and resources the workload uses.",
		Cluster: certain(clusterAdmin), Namespace: ownerEffects(), Named: []Effect{},
		PodSecurity: true, Identities: true,
		Needs:   [][]Access{anyOf(namespaced(wildcard, wildcard, wildcard))},
		Sources: "Kubernetes documentation, RBAC Good Practices; rbac-police cluster_admin; KubiScan risky-any-verb.",
	}
}

func ownerEffects() []Effect { return certain(finding.PodsOfNamespace, finding.SecretsOfNamespace) }

const (
	conditionBoundRole = "A binding of a subject in reach must refer to a role that can be written."
	conditionNewRole   = "A binding must refer to a role that does not exist yet, or the holder must be able to make one."
)

// Escalate lets the holder put rights into a role that it does not have itself. The right to update a ClusterRole comes
// through a ClusterRoleBinding, so that the holder is bound to a ClusterRole that it may write: it can make itself
// cluster-admin at once, unless resourceNames leave its own roles out.
func escalateClusterRoles() Privilege {
	return Privilege{
		ID: "RBACEscalateClusterRoles", Catalogue: []string{"R14c"},
		Title: "May put any right into ClusterRoles",
		Why:   "Whoever may escalate and update a ClusterRole that it is bound to gives itself every right.",
		Fix:   "Remove the verb escalate; only the controller that aggregates ClusterRoles needs it.",
		Needs: [][]Access{
			anyOf(clusterScoped(rbacGroup, "clusterroles", "escalate")),
			anyOf(clusterScoped(rbacGroup, "clusterroles", "create", "update", "patch")),
		},
		Depends: "ClusterAdmin for ClusterRoles, pods and Secrets of the namespace for Roles; certain where the subject is bound " +
			"to a role that it may change.",
		SameObject: true, ask: askEscalation,
		Sources: "Kubernetes documentation, RBAC Good Practices; IceKube RBAC_ESCALATE_TO; rbac-police escalate_roles.",
	}
}

func escalateRoles() Privilege {
	return Privilege{
		ID: "RBACEscalateRoles", Catalogue: []string{"R14r"},
		Title: "May put any right into Roles",
		Why:   "Whoever may escalate and update a Role that it is bound to owns the namespace.",
		Fix:   "Remove the verb escalate.",
		Needs: [][]Access{
			anyOf(namespaced(rbacGroup, "roles", "escalate")),
			anyOf(namespaced(rbacGroup, "roles", "create", "update", "patch")),
		},
		PodSecurity: true, Identities: true,
		Depends: "ClusterAdmin for ClusterRoles, pods and Secrets of the namespace for Roles; certain where the subject is bound " +
			"to a role that it may change.",
		SameObject: true, ask: askEscalation,
		Sources: "Kubernetes documentation, RBAC Good Practices; IceKube RBAC_ESCALATE_TO; rbac-police escalate_roles.",
	}
}

// askEscalation asks whether the subject is bound to a role that it may rewrite.
func askEscalation(r *Rights, _ *Environment, h *Held) {
	kindOfRole := h.Privilege.Catalogue[0] == "R14r"
	var condition string
	switch {
	case r.waitsFor(h, kindOfRole):
	case !r.mayRewrite(h, kindOfRole):
		condition = conditionNewRole
	case !r.boundToWritable(h, kindOfRole):
		condition = conditionBoundRole
	}
	h.Effects = slices.Clone(h.Effects)
	for i, e := range h.Effects {
		h.Effects[i].Condition = firstOf(e.Condition, condition)
	}
	switch {
	case !kindOfRole:
		h.add(when(condition, clusterAdmin))
	case h.Cluster():
		h.add(when(condition, finding.PodsOfCluster), when(condition, finding.SecretsOfCluster))
	default:
		h.add(when(condition, finding.PodsOfNamespace), when(condition, finding.SecretsOfNamespace))
	}
}

// mayRewrite tells whether the subject may change a role that exists, not only make one.
func (r *Rights) mayRewrite(h *Held, kindOfRole bool) bool {
	return slices.ContainsFunc(h.Grants, func(g Grant) bool {
		resource := "clusterroles"
		if kindOfRole {
			resource = "roles"
		}
		return (matches(g.Rule.Verbs, "update") || matches(g.Rule.Verbs, "patch")) &&
			matches(g.Rule.APIGroups, rbacGroup) && matches(g.Rule.Resources, resource)
	})
}

// waitsFor tells whether a binding of the subject refers to a role that is yet to be made and that it may make (R14x).
func (r *Rights) waitsFor(h *Held, kindOfRole bool) bool {
	return slices.ContainsFunc(r.Latent, func(l Latent) bool {
		if kindOfRole {
			return l.Role.Namespace != "" && h.covers(l.Role.Namespace, l.Role.Name)
		}
		return l.Role.Namespace == "" && l.Binding.Namespace == "" && h.covers("", l.Role.Name)
	})
}

// boundToWritable tells whether one of the subject's own roles is among those that the privilege covers.
func (r *Rights) boundToWritable(h *Held, kindOfRole bool) bool {
	return slices.ContainsFunc(r.bounds, func(b bound) bool {
		if b.binding.role.Namespace == "" {
			// A ClusterRole in a RoleBinding gives the rights of the namespace only.
			return !kindOfRole && b.binding.ref.Namespace == "" && h.covers("", b.binding.role.Name)
		}
		return kindOfRole && h.covers(b.binding.role.Namespace, b.binding.role.Name)
	})
}

// covers tells whether the privilege reaches an object.
func (h *Held) covers(namespace, name string) bool {
	return (h.Cluster() || slices.Contains(h.Namespaces, namespace)) &&
		(len(h.ResourceNames) == 0 || slices.Contains(h.ResourceNames, name))
}
