package finding

// Question is one of the seven that the audit answers for every workload.
type Question string

// The seven questions.
const (
	ReachPods          Question = "ReachPods"
	CreatePods         Question = "CreatePods"
	ControlNode        Question = "ControlNode"
	HopNodes           Question = "HopNodes"
	ReachExternal      Question = "ReachExternal"
	ReadSecrets        Question = "ReadSecrets"
	BecomeClusterAdmin Question = "BecomeClusterAdmin"
)

// Questions lists the seven in the order in which they are reported (by name).
func Questions() []Question {
	return []Question{BecomeClusterAdmin, ControlNode, CreatePods, HopNodes, ReachExternal, ReachPods, ReadSecrets}
}

// Verdict is the answer to a question. Unknown is never turned into No.
type Verdict string

// The verdicts.
const (
	Yes         Verdict = "Yes"
	No          Verdict = "No"
	Conditional Verdict = "Conditional"
	Unknown     Verdict = "Unknown"
)

// The reasons of an Unknown answer, besides those of a source that cannot be read.
const (
	ReasonNotEvaluated = "NotEvaluated"
	ReasonNoTemplate   = "NoTemplate"
)

// Answer is a question answered, with the evidence for it.
type Answer struct {
	Question Question
	Verdict  Verdict
	// Reason says in one word why an answer is Unknown.
	Reason string
	// Summary is one sentence; for Conditional it names the deciding fact, for Unknown what is missing.
	Summary  string
	Evidence []Evidence
	// Path is the shortest way there, step by step; nil where nothing leads there or no single way is known.
	Path []Step
	// Reached counts what is within reach, where the question is about something that can be counted.
	Reached Reached
}

// Step is one step of a way: what is had before it, what after it, and why it can be taken.
type Step struct {
	From, To, Why string
}

// Reached counts what is within reach. Zero: nothing, or not a matter of the question.
type Reached struct {
	Pods, Nodes, Namespaces, Secrets int
}

// Evidence points at the place in the cluster that an answer rests on.
type Evidence struct {
	// Check is the check that found it.
	Check CheckID
	// Field is the path within the pod.
	Field string
	// Value is what stands there, never a secret's content.
	Value string
}

// Reach is how far a compromise of the workload goes.
type Reach string

// The reaches, furthest first.
const (
	ReachCluster   Reach = "Cluster"
	ReachMultiNode Reach = "MultiNode"
	ReachNode      Reach = "Node"
	ReachNamespace Reach = "Namespace"
	ReachPod       Reach = "Pod"
)
