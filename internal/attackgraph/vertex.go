package attackgraph

import (
	"cmp"
	"strings"
)

// VertexKind is what a vertex stands for. Being at a vertex is to have what it names.
type VertexKind uint8

// The kinds of vertices. A hub stands for all of its kind in a namespace, or in all of them where it has no namespace.
const (
	KindWorkload VertexKind = iota
	KindPod
	KindServiceAccount
	KindKubelet
	KindPermissionSet
	KindNode
	KindNodeFiles
	KindSecret
	KindSecrets            // hub
	KindAllPods            // hub
	KindNewPods            // hub
	KindAllServiceAccounts // hub
	KindNamespaceOwner     // hub
	KindStolenPods         // hub
	KindPodNodes           // hub
	KindAllNodes
	KindAllNodeFiles
	KindStaticPods
	KindClusterAdmin
	vertexKinds
)

// kinds says of every kind how it is called, what it is to be at a vertex of it, and how that is said of one vertex, with its
// name or its scope in the place of the dollar sign.
var kinds = [vertexKinds]struct{ name, meaning, phrase string }{
	KindWorkload:           {"Workload", "code in the pods of a workload", "$"},
	KindPod:                {"Pod", "code in one pod", "Pod $"},
	KindServiceAccount:     {"ServiceAccount", "the identity of a ServiceAccount", "ServiceAccount $"},
	KindKubelet:            {"Kubelet", "the identity of the kubelet of a node", "kubelet of Node $"},
	KindPermissionSet:      {"PermissionSet", "rights that several identities share; paths do not show it", "rights of $"},
	KindNode:               {"Node", "root on a node", "root on Node $"},
	KindNodeFiles:          {"NodeFiles", "the files of a node", "files of Node $"},
	KindSecret:             {"Secret", "the content of a Secret", "Secret $"},
	KindSecrets:            {"Secrets", "the content of every Secret of the scope", "all Secrets in $"},
	KindAllPods:            {"AllPods", "code in any pod of the scope", "any pod in $"},
	KindNewPods:            {"NewPods", "new pods in the scope, within what Pod Security admits", "new pods in $"},
	KindAllServiceAccounts: {"AllServiceAccounts", "the identity of any ServiceAccount of the scope", "any ServiceAccount in $"},
	KindNamespaceOwner:     {"NamespaceOwner", "everything in the scope", "everything in $"},
	KindStolenPods:         {"StolenPods", "pods of the scope that were driven to a node of one's own", "pods in $ on its own node"},
	KindPodNodes:           {"PodNodes", "root on any node that runs a pod of the scope", "root on the nodes of pods in $"},
	KindAllNodes:           {"AllNodes", "root on any node", "root on any node"},
	KindAllNodeFiles:       {"AllNodeFiles", "the files of any node", "files of any node"},
	KindStaticPods:         {"StaticPods", "pods that the kubelet runs without asking the API server", "static pods"},
	KindClusterAdmin:       {"ClusterAdmin", "everything in the cluster", "cluster-admin"},
}

// String is the name of the kind: ServiceAccount, AllPods.
func (k VertexKind) String() string { return kinds[k].name }

// Vertex names a vertex. It is comparable, and the same in every process.
type Vertex struct {
	Kind VertexKind
	// Object is the whole key for a workload; namespace and name for what lies in a namespace, the name for a node, the
	// namespace for a hub. A node without a name is one that is not chosen yet.
	Object Key
}

// Compare orders vertices by kind and object.
func (v Vertex) Compare(other Vertex) int {
	return cmp.Or(cmp.Compare(v.Kind, other.Kind), v.Object.Compare(other.Object))
}

// String says in words what one has at the vertex: "root on Node worker-1", "any pod in shop".
func (v Vertex) String() string {
	if v == (Vertex{Kind: KindNode}) {
		return "root on the node that a pod will run on"
	}
	return strings.Replace(kinds[v.Kind].phrase, "$", v.name(), 1)
}

// name is that of the object, or the scope of a hub.
func (v Vertex) name() string {
	o := v.Object
	switch {
	case v.Kind == KindWorkload:
		return o.String()
	case o.Name == "" && o.Namespace == "":
		return "all namespaces"
	case o.Name == "" || o.Namespace == "":
		return o.Namespace + o.Name
	default:
		return o.Namespace + "/" + o.Name
	}
}
