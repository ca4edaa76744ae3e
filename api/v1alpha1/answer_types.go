package v1alpha1

// Question is one of the seven.
// +kubebuilder:validation:Enum=BecomeClusterAdmin;ControlNode;CreatePods;HopNodes;ReachExternal;ReachPods;ReadSecrets
type Question string

// Verdict answers a question. Unknown is never turned into No.
// +kubebuilder:validation:Enum=Yes;No;Conditional;Unknown
type Verdict string

// Answer is a question answered, with what the answer rests on.
type Answer struct {
	// question that is answered.
	// +required
	Question Question `json:"question,omitempty"`
	// answer is Yes, No, Conditional (a fact that the API does not show decides) or Unknown (something is missing).
	// +required
	Answer Verdict `json:"answer,omitempty"`
	// reason of an Unknown answer, in CamelCase.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Reason string `json:"reason,omitempty"`
	// summary in one sentence.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Summary string `json:"summary,omitempty"`
	// evidence for the answer.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	Evidence []Evidence `json:"evidence,omitempty"`
	// evidenceTruncated counts the evidence that was left out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	EvidenceTruncated int32 `json:"evidenceTruncated,omitempty"`
	// path is the shortest way there, step by step.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=12
	Path []PathStep `json:"path,omitempty"`
	// reached counts what is within reach, in buckets.
	// +optional
	Reached *Reached `json:"reached,omitempty"`
}

// Evidence points at the place that an answer rests on.
type Evidence struct {
	// check that found it.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Check string `json:"check,omitempty"`
	// field is the path within the pod, or the rule, binding or policy.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Field string `json:"field,omitempty"`
	// value is what stands there. Never a secret.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Value string `json:"value,omitempty"`
}

// PathStep is one step of an attack.
type PathStep struct {
	// from is where the step starts.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	From string `json:"from,omitempty"`
	// to is where the step leads.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	To string `json:"to,omitempty"`
	// why the step can be taken.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Why string `json:"why,omitempty"`
}

// Bucket counts roughly, so that one more pod does not rewrite every report.
// +kubebuilder:validation:Enum="0";"1";"2-5";"6-20";"21-100";">100"
type Bucket string

// Reached counts what is within reach.
type Reached struct {
	// pods within reach.
	// +optional
	Pods Bucket `json:"pods,omitempty"`
	// nodes within reach.
	// +optional
	Nodes Bucket `json:"nodes,omitempty"`
	// namespaces within reach.
	// +optional
	Namespaces Bucket `json:"namespaces,omitempty"`
	// secrets within reach.
	// +optional
	Secrets Bucket `json:"secrets,omitempty"`
}

// ConditionStatus is the status of a condition.
// +kubebuilder:validation:Enum=True;False;Unknown
type ConditionStatus string

// The statuses of a condition.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// Condition is a condition without a time of transition.
type Condition struct {
	// type of the condition, in CamelCase.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Type string `json:"type,omitempty"`
	// status is True, False or Unknown.
	// +required
	Status ConditionStatus `json:"status,omitempty"`
	// reason in CamelCase.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Reason string `json:"reason,omitempty"`
	// message for people.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}
