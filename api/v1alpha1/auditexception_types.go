package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// AuditException accepts what checks find in workloads, for a reason and until a time.
//
// Accepted is not gone: an exception never changes a score, a severity or an answer. It marks findings with its name, and
// what it accepts does not count in unacceptedSeverity, which alerts use. Its status says how many workloads it selects and
// whether it still has an effect.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=aex,categories=daysix
// +kubebuilder:printcolumn:name="Active",type=string,JSONPath=`.status.conditions[?(@.type=="Active")].status`
// +kubebuilder:printcolumn:name="Inert",type=string,JSONPath=`.status.conditions[?(@.type=="Inert")].status`
// +kubebuilder:printcolumn:name="Workloads",type=integer,JSONPath=`.status.matchedWorkloads`
// +kubebuilder:printcolumn:name="Expires",type=string,JSONPath=`.spec.expiresAt`
// +kubebuilder:printcolumn:name="Owner",type=string,JSONPath=`.spec.owner`
// +kubebuilder:printcolumn:name="Reason",type=string,priority=1,JSONPath=`.spec.reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type AuditException struct {
	metav1.TypeMeta `json:",inline"`
	// metadata of the exception. Its name stands in the findings that it accepts.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says what is accepted where, why and for how long.
	// +required
	Spec AuditExceptionSpec `json:"spec,omitzero"`

	// status is what became of it.
	// +optional
	Status AuditExceptionStatus `json:"status,omitzero"`
}

// AuditExceptionList is a list of exceptions.
//
// +kubebuilder:object:root=true
type AuditExceptionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []AuditException `json:"items"`
}

// AuditExceptionSpec says what is accepted where, why and for how long.
//
// +kubebuilder:validation:XValidation:rule="has(self.namespaceSelector) || has(self.workloadSelector)",message="give a selector; {} is all"
type AuditExceptionSpec struct {
	// namespaceSelector selects by the labels of the namespace; absent or empty it selects all. A namespace has the label
	// kubernetes.io/metadata.name.
	// +optional
	NamespaceSelector *Selector `json:"namespaceSelector,omitempty"`
	// workloadSelector selects workloads within those namespaces; absent or empty it selects all.
	// +optional
	WorkloadSelector *WorkloadSelector `json:"workloadSelector,omitempty"`
	// checks are the checks whose findings are accepted, such as HostPathLogs, RBACReadSecrets or PathToNode.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^[A-Z][A-Za-z0-9]*$`
	Checks []string `json:"checks,omitempty"`
	// reason why this is accepted, for those who read the report.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.trim().size() > 0",message="the reason must not be blank"
	Reason string `json:"reason,omitempty"`
	// owner is who answers for it: a team, a person, a ticket.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Owner string `json:"owner,omitempty"`
	// expiresAt is when it stops to accept anything. Without it, it never does.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.getFullYear() >= 2000",message="leave it out for an exception without an end"
	ExpiresAt metav1.Time `json:"expiresAt,omitzero"`
}

// Selector selects by labels; all of its parts must hold.
type Selector struct {
	// matchLabels are labels with their values.
	// +optional
	// +kubebuilder:validation:MaxProperties=16
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
	// matchExpressions are requirements on labels.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	MatchExpressions []SelectorRequirement `json:"matchExpressions,omitempty"`
}

// SelectorOperator relates the label of a requirement to its values.
// +kubebuilder:validation:Enum=In;NotIn;Exists;DoesNotExist
type SelectorOperator string

// SelectorRequirement is a requirement on one label.
//
// +kubebuilder:validation:XValidation:rule="self.operator.endsWith('In') == has(self.values)",message="only In and NotIn have values"
type SelectorRequirement struct {
	// key of the label.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key,omitempty"`
	// operator is In, NotIn, Exists or DoesNotExist.
	// +required
	Operator SelectorOperator `json:"operator,omitempty"`
	// values of the label, for In and NotIn.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=63
	Values []string `json:"values,omitempty"`
}

// WorkloadSelector selects workloads; all of its parts must hold. The labels are those of the pods: where pods run all of
// them must match, where none runs the labels of the template.
type WorkloadSelector struct {
	// matchLabels are labels with their values.
	// +optional
	// +kubebuilder:validation:MaxProperties=16
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
	// matchExpressions are requirements on labels.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	MatchExpressions []SelectorRequirement `json:"matchExpressions,omitempty"`
	// kinds of workloads, such as Deployment or DaemonSet; absent for all.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^[A-Z][A-Za-z0-9]*$`
	Kinds []string `json:"kinds,omitempty"`
	// names of workloads, of which one must match; an asterisk stands for any characters. Absent for all.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z0-9.:_*-]+$`
	Names []string `json:"names,omitempty"`
}

// AuditExceptionStatus is what became of an exception.
type AuditExceptionStatus struct {
	// observedGeneration is the generation that the rest speaks of.
	// +optional
	// +kubebuilder:validation:Minimum=0
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// matchedWorkloads is how many workloads it selects.
	// +optional
	// +kubebuilder:validation:Minimum=0
	MatchedWorkloads int32 `json:"matchedWorkloads"`
	// conditions are Active, Expired and Inert. They carry no time, so that the status changes only with what it says.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	Conditions []Condition `json:"conditions,omitempty"`
}
