package attackgraph

import "github.com/daysix/daysix/internal/finding"

// Root on a node and cluster-admin follow where a pod that is reached leads there.
func proxyToNodes() Edge {
	return Edge{
		ID: "ProxyToNodes", Catalogue: []string{"R18"}, ATTACK: []string{"T1609", "T1552.007"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod),
		Title:   "Run commands through the kubelet API",
		Why:     "The kubelet runs commands in every container of its node for whoever holds nodes/proxy; get is enough.",
		Sources: "Kubernetes documentation, RBAC Good Practices, access to nodes/proxy; IceKube CAN_EXEC_THROUGH_KUBELET.",
		rights: []right{{
			privileges: powers("RBACProxyToNodes"), consequences: []finding.Consequence{finding.PodsOfCluster},
			to: KindAllPods, named: podsOfNamedNodes,
		}},
	}
}
