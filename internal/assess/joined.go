package assess

import "github.com/daysix/daysix/internal/finding"

// Joined describes a check whose findings come of the whole cluster: of the ways through the attack graph, or of the network.
type Joined struct {
	ID    finding.CheckID
	Title string
	// Leads are the consequences that it may have, the worst first.
	Leads []finding.Consequence
}

// JoinedChecks lists them: ways first, then the network.
func JoinedChecks() []Joined {
	return []Joined{
		{pathToClusterAdmin, "Cluster-admin is reached through others", []finding.Consequence{finding.ClusterAdmin}},
		{pathToNode, "Root on a node is reached through others", []finding.Consequence{finding.NodeRoot}},
		{pathToOtherNodes, "Other nodes are reached through others", []finding.Consequence{finding.MultiNode}},
		{pathToPods, "Pods are reached through others", []finding.Consequence{finding.PodsOfCluster, finding.PodsOfNamespace}},
		{pathToSecrets, "Secrets are reached through others", []finding.Consequence{finding.SecretsOfCluster, finding.SecretsOfNamespace}},
		{reachesOtherNamespaces, "Pods of other namespaces can be connected to", []finding.Consequence{finding.ReachOtherNamespaces}},
		{reachesOwnNamespace, "Pods of its namespace can be connected to", []finding.Consequence{finding.ReachOwnNamespace}},
		{reachesOutside, "Addresses outside of the cluster can be connected to", []finding.Consequence{finding.ReachOutside}},
	}
}
