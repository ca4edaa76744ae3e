package netpol

// reasons are the facts that decide a conditional answer and that the API does not show, or that are not evaluated.
type reasons uint16

const (
	otherPolicies reasons = 1 << iota
	namespaceLabels
	podAddresses
	hostNetwork
	clusterRanges
	sourceAddress
	proxyAdmitted
	nodePorts
	referenceGrant
)

// The conditions, in the order in which one is chosen. The first stands for itself: the policy is named instead.
var conditions = [...]struct {
	reason reasons
	text   string
}{
	{otherPolicies, "Policies of other kinds are not evaluated."},
	{hostNetwork, "What a policy means on the host network is left to the network plugin, and a node always reaches its own pods."},
	{namespaceLabels, "The labels of a namespace that the policy may mean are not known."},
	{podAddresses, "Whether an ipBlock holds for the addresses of pods is left to the network plugin."},
	{clusterRanges, "Whether the addresses of the ipBlock lie outside of the cluster is not known."},
	{sourceAddress, "Whether the policy sees the address of the client or of a node is left to the load balancer and the network plugin."},
	{proxyAdmitted, "The proxy behind the route has to be among those that the policies let in."},
	{nodePorts, "Whether policies hold for a port of the node is left to the network plugin."},
	{referenceGrant, "A ReferenceGrant has to permit the reference to the other namespace."},
}
