package attackgraph

import "github.com/daysix/daysix/internal/finding"

func allRights() Edge {
	return Edge{
		ID: "AllRights", Catalogue: []string{"R01"}, ATTACK: []string{"T1078"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin, KindNamespaceOwner),
		Title:   "Do everything",
		Why:     "Every verb on every resource is cluster-admin; through a RoleBinding it is everything in that namespace.",
		Sources: "Kubernetes documentation, RBAC Good Practices; rbac-police cluster_admin.",
		rights: []right{
			{privileges: powers("RBACClusterAdmin"), consequences: leadsToAdmin(), to: KindClusterAdmin},
			{privileges: powers("RBACClusterAdmin"), consequences: []finding.Consequence{finding.PodsOfNamespace}, to: KindNamespaceOwner},
		},
	}
}
