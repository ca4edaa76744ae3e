package attackgraph

func mapCloudIdentity() Edge {
	return Edge{
		ID: "MapCloudIdentity", Catalogue: []string{"R27"}, ATTACK: []string{"T1098"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin),
		Title:   "Map a cloud identity to system:masters",
		Why:     "On EKS the ConfigMap aws-auth makes any cloud identity a member of any group.",
		Sources: "rbac-police eks_modify_aws_auth; IceKube UPDATE_AWS_AUTH; EKS documentation.",
		rights:  []right{{privileges: powers("RBACMapAWSIdentities"), consequences: leadsToAdmin(), to: KindClusterAdmin}},
	}
}
