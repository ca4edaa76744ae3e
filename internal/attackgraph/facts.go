package attackgraph

import "github.com/daysix/daysix/internal/finding"

// Workload is what is known of the pods of a workload: code in one of them is where an attack starts.
type Workload struct {
	// Groups are pods that are alike; a workload without pods has one group of none, made of its template.
	Groups []Group
}

// Group is a set of pods of a workload that look the same.
type Group struct {
	// ServiceAccount is in the workload's namespace.
	ServiceAccount string
	// HoldsToken tells whether a container can read a token of it that the API server accepts.
	HoldsToken bool
	// Root is how a pod becomes root on its node, Read how it reads the node's files; nil where it does not.
	Root, Read *Way
	// Secrets are those that a container mounts or has in its environment.
	Secrets []string
	// NodeSecrets are those that only the node fetches for the pods: imagePullSecrets, credentials of volumes.
	NodeSecrets []string
	Placement   Placement
	Pods        []Pod
}

// Pod is a running pod, or one that waits for a node where Node is empty.
type Pod struct{ Name, Node string }

// Way is how a pod gets out to its node.
type Way struct {
	// Condition names the fact that decides it and that the API does not show. Empty: it is certain.
	Condition string
	// Why is the field, such as spec.containers[0].securityContext.privileged.
	Why string
}

// Placement says where pods of a group may run after they are gone.
type Placement uint8

// The placements.
const (
	Pinned    Placement = iota // nowhere else: a bare or static pod, or one that selects its node
	Free                       // wherever the scheduler puts them
	EveryNode                  // a pod of a DaemonSet: on its node again
)

// Effect is what a right of an identity leads to, in one namespace or in the whole cluster. Those that no edge follows
// are ignored.
type Effect struct {
	// Privilege is the power that RBAC gives: RBACExecIntoPods.
	Privilege   finding.CheckID
	Consequence finding.Consequence
	// Condition names the fact that decides it and that RBAC does not show. Empty: it is certain.
	Condition string
	// Namespace in which it holds. Empty: the whole cluster.
	Namespace string
	// Names limit it to objects of these names. None: no limit.
	Names []string
	// Why is the binding, the role and the rule that give it.
	Why string
	// Needs are the bindings without any one of which the effect is gone: RoleBinding team/deployers.
	Needs []string
}

// Node is what is known of a node.
type Node struct {
	// ControlPlane is true where the keys of the cluster lie on it.
	ControlPlane bool
	// Kubelet are the effects of what bindings give to the kubelet: to system:node:<name>, or the group system:nodes. What
	// the Node authorizer lets it do is known to the graph.
	Kubelet []Effect
}

// Secret is a Secret that is known by its name.
type Secret struct {
	Name string
	// TokenOf is the ServiceAccount whose token it holds, where that is known.
	TokenOf string
}
