package attackgraph

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Answers are those for one workload.
type Answers struct {
	Workload Key
	// BecomeClusterAdmin: it may do everything in the cluster.
	BecomeClusterAdmin Answer
	// ControlNode: it becomes root on a node.
	ControlNode Answer
	// HopNodes: one of its pods becomes root on another node than its own. That each of its pods has its own node is no hop;
	// OwnNodes says so.
	HopNodes Answer
	// CreatePods: by its rights, or as a static pod of a node that it controls.
	CreatePods Answer
	// ControlPods: it runs code in other pods, makes new ones, or acts as any ServiceAccount of a scope.
	ControlPods Answer
	// ReadSecrets: those that its own pods mount included.
	ReadSecrets Answer
	// Certain is what is reached without any condition, Possible what is reached where all conditions hold.
	Certain, Possible Reached
	// OwnNodes are the nodes that its pods take over by themselves, certainly or not.
	OwnNodes int
	// Note says where its pods may run besides, where that would change the answers. Empty: it would not.
	Note string
}

// Answer is what the graph says to a question: Yes, Conditional, or No. Whether No can be believed, where facts are missing,
// is for the caller to say.
type Answer struct {
	Verdict finding.Verdict
	// Path is the shortest way to something that answers the question with this verdict; nil where the answer is No.
	Path Path
	// Scope is the widest that is reached with this verdict, for questions about pods and Secrets.
	Scope Scope
	// Widest is the shortest way to that, where Path does not lead there already.
	Widest Path
	// Namespaces are those that are reached with this verdict, in order, where the scope is a namespace.
	Namespaces []string
}

// Scope is how wide an answer holds.
type Scope string

// The scopes, widest first.
const (
	ScopeCluster   Scope = "Cluster"
	ScopeNamespace Scope = "Namespace"
	ScopeObject    Scope = "Object" // single pods, nodes or Secrets
)

// Path is a way, step by step. Each step starts where the one before it ended.
type Path []Step

// Step is one edge that was taken.
type Step struct {
	From Vertex
	Edge EdgeID
	To   Vertex
	// Why names the binding, role and rule, the field of the pod, or the workload that makes the step possible.
	Why string
	// Condition names the fact that decides the step and that the API does not show. Empty: it is certain.
	Condition string
	// Pod is one by which the step can be taken, as namespace/name. It changes as pods come and go, so that reports had
	// better not show it.
	Pod string
}

// Conditions are those of the steps, each once.
func (p Path) Conditions() []string {
	var all []string
	for i := range p {
		if c := p[i].Condition; c != "" && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// The notes.
const (
	noteEveryNode = "It has a pod on every node of its DaemonSet, on new ones too."
	noteFree      = "Its pods may run on other nodes tomorrow; what they would find there is not counted."
)

// whereElse is about the pods that get out to their node.
func (w *workload) whereElse() string {
	note := ""
	for i := range w.groups {
		g := &w.groups[i]
		if g.root == nil && g.read == nil {
			continue
		}
		switch g.placement {
		case EveryNode:
			return noteEveryNode
		case Free:
			note = noteFree
		case Pinned:
		}
	}
	return note
}
