package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	conditionNamedRoles     = "What the named roles allow decides."
	conditionExistingRoles  = "What the Roles that exist in the namespace allow decides."
	conditionSystemIdentity = "A pod or a ServiceAccount of kube-system must hold credentials of the control plane."
)

// Bind is asked in the namespace of the binding: on the roles, never on the bindings (escalation_check.go).
func bindClusterRolesInCluster() Privilege {
	return Privilege{
		ID: "RBACBindClusterRolesInCluster", Catalogue: []string{"R15c"},
		Title: "May bind any ClusterRole to itself in the whole cluster",
		Why: "The holder makes a ClusterRoleBinding from itself to cluster-admin. The two rights may come through different " +
			"bindings.",
		Fix:     "Remove the verb bind on clusterroles, or limit it by resourceNames to roles that are harmless.",
		Cluster: certain(clusterAdmin), Named: []Effect{when(conditionNamedRoles, clusterAdmin)},
		Needs: [][]Access{
			anyOf(clusterScoped(rbacGroup, "clusterrolebindings", "create", "update", "patch")),
			anyOf(clusterScoped(rbacGroup, "clusterroles", "bind")),
		},
		Depends: "Certain where cluster-admin is one of the names.",
		ask:     askNamedAdmin,
		Sources: "Kubernetes documentation, RBAC Good Practices; KubeHound ROLE_BIND; KubiScan " +
			"risky-create-clusterrolebinding-clusterrole.",
	}
}

func bindClusterRolesInNamespace() Privilege {
	return Privilege{
		ID: "RBACBindClusterRolesInNamespace", Catalogue: []string{"R15n"},
		Title: "May bind any ClusterRole to itself in a namespace",
		Why: "The holder makes a RoleBinding from itself to cluster-admin and owns the namespace: every pod, Secret and " +
			"identity in it.",
		Fix:       "Remove the verb bind on clusterroles, or limit it by resourceNames to roles that are harmless.",
		Cluster:   append(certain(finding.PodsOfCluster, finding.SecretsOfCluster), when(conditionSystemIdentity, clusterAdmin)),
		Namespace: ownerEffects(),
		Named:     []Effect{when(conditionNamedRoles, finding.PodsOfNamespace), when(conditionNamedRoles, finding.SecretsOfNamespace)},
		Needs: [][]Access{
			anyOf(namespaced(rbacGroup, "rolebindings", "create", "update", "patch")),
			anyOf(namespaced(rbacGroup, "clusterroles", "bind")),
		},
		PodSecurity: true, Identities: true,
		Sources: "Kubernetes source, pkg/registry/rbac/escalation_check.go; KubeHound ROLE_BIND; KubiScan " +
			"risky-create-rolebinding-clusterrole.",
	}
}

func bindRoles() Privilege {
	return Privilege{
		ID: "RBACBindRoles", Catalogue: []string{"R15r"},
		Title:     "May bind any Role of the namespace to itself",
		Why:       "The holder takes the rights of every Role that exists in the namespace.",
		Fix:       "Remove the verb bind on roles, or limit it by resourceNames.",
		Cluster:   []Effect{when(conditionExistingRoles, finding.PodsOfCluster)},
		Namespace: []Effect{when(conditionExistingRoles, finding.PodsOfNamespace)},
		Named:     []Effect{when(conditionNamedRoles, finding.PodsOfNamespace)},
		Needs: [][]Access{
			anyOf(namespaced(rbacGroup, "rolebindings", "create", "update", "patch")),
			anyOf(namespaced(rbacGroup, "roles", "bind")),
		},
		Sources: "Kubernetes documentation, RBAC Good Practices; KubeHound ROLE_BIND; KubiScan risky-create-rolebinding-role.",
	}
}

// Without bind, the API server lets the holder give away only what it has itself: a way to stay, not to rise.
func writeBindings() Privilege {
	return Privilege{
		ID: "RBACWriteBindings", Catalogue: []string{"R16"},
		Title: "May write bindings",
		Why: "The holder can give rights that it has to other subjects, and so keep them after it is found out. It cannot rise " +
			"by this alone.",
		Fix:     "Leave bindings to the people and tools that manage access.",
		Cluster: certain(finding.TamperNamespace), Namespace: certain(finding.TamperNamespace),
		Needs: [][]Access{anyOf(
			namespaced(rbacGroup, "rolebindings", "create", "update", "patch"),
			clusterScoped(rbacGroup, "clusterrolebindings", "create", "update", "patch"),
		)},
		Sources: "Kubernetes documentation, Using RBAC, privilege escalation prevention; KubiScan risky-add-rolebinding.",
	}
}

// An aggregated ClusterRole takes in every ClusterRole with the right label; the controller that does it may escalate.
func writeClusterRoles() Privilege {
	return Privilege{
		ID: "RBACWriteClusterRoles", Catalogue: []string{"R41"},
		Title: "May write ClusterRoles that others aggregate",
		Why: "A label on a ClusterRole puts its rules into admin, edit or view for everyone bound to them. The rules cannot " +
			"exceed the holder's own.",
		Fix:     "Leave ClusterRoles to the people and tools that manage access.",
		Cluster: certain(finding.TamperNamespace),
		Needs:   [][]Access{anyOf(clusterScoped(rbacGroup, "clusterroles", "create", "update", "patch"))},
		Sources: "Kubernetes documentation, Using RBAC, aggregated ClusterRoles.",
	}
}

// askNamedAdmin makes certain what is limited to names where cluster-admin is one of them.
func askNamedAdmin(_ *Rights, _ *Environment, h *Held) {
	for _, name := range h.ResourceNames {
		if name == "cluster-admin" {
			h.Effects = certain(clusterAdmin)
		}
	}
}
