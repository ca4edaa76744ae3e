package attackgraph

// A privileged ephemeral container is root on the node of the pod that it is put into, not on any node.
func addEphemeralContainer() Edge {
	privilege := powers("RBACAddEphemeralContainers")
	return Edge{
		ID: "AddEphemeralContainer", Catalogue: []string{"R11"}, ATTACK: []string{"T1609", "T1610", "T1611"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod, KindPodNodes, KindNode),
		Title: "Put a container into a running pod",
		Why: "It shares the pod's network and mounts its volumes, the token included; where Pod Security admits it " +
			"privileged, it is root on the node of that pod.",
		Sources: "Kubernetes documentation, ephemeral containers; IceKube DEBUG_POD; rbac-police pods_ephemeral_ctrs.",
		rights: []right{
			{privileges: privilege, consequences: leadsToPods(), to: KindAllPods, named: namedPods},
			{privileges: privilege, consequences: leadsToNodes(), to: KindPodNodes, named: nodesOfNamedPods},
		},
	}
}
