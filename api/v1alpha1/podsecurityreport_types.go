package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PodSecurityReport says how far a compromise of one workload goes, and whether its pods may come back.
//
// Daysix writes one report for each workload: the top controller that owns pods, or a pod that nobody owns. There is no
// status subresource, so that identity and observation are written in one request. Users read reports; a report that
// is changed or deleted by somebody else is restored.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=psr,categories=daysix
// +kubebuilder:printcolumn:name="Kind",type=string,JSONPath=`.spec.workloadRef.kind`
// +kubebuilder:printcolumn:name="Workload",type=string,JSONPath=`.spec.workloadRef.name`
// +kubebuilder:printcolumn:name="Score",type=integer,JSONPath=`.status.score`
// +kubebuilder:printcolumn:name="Severity",type=string,JSONPath=`.status.severity`
// +kubebuilder:printcolumn:name="Reach",type=string,JSONPath=`.status.reach`
// +kubebuilder:printcolumn:name="Restart",type=string,JSONPath=`.status.restart.verdict`
// +kubebuilder:printcolumn:name="Pods",type=integer,JSONPath=`.status.pods.running`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:selectablefield:JSONPath=`.status.severity`
// +kubebuilder:selectablefield:JSONPath=`.status.restart.verdict`
type PodSecurityReport struct {
	metav1.TypeMeta `json:",inline"`
	// metadata of the report. Its owner is the workload, so that both go together.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec names the workload that the report is about.
	// +required
	Spec PodSecurityReportSpec `json:"spec,omitzero"`

	// status is what the audit observed.
	// +optional
	Status PodSecurityReportStatus `json:"status,omitzero"`
}

// PodSecurityReportList is a list of reports.
//
// +kubebuilder:object:root=true
type PodSecurityReportList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []PodSecurityReport `json:"items"`
}

// PodSecurityReportSpec names the workload that a report is about.
type PodSecurityReportSpec struct {
	// workloadRef is the workload. It never changes: a workload that is created again under the same name gets a new
	// report.
	// +required
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="workloadRef is immutable"
	WorkloadRef WorkloadReference `json:"workloadRef,omitzero"`
}

// WorkloadReference names a workload in the report's namespace.
type WorkloadReference struct {
	// apiVersion of the workload, such as apps/v1.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	APIVersion string `json:"apiVersion,omitempty"`
	// kind of the workload, such as Deployment.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
	// name of the workload.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
	// uid of the workload; empty where the source of the audit is a manifest.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	UID string `json:"uid,omitempty"`
}

// PodSecurityReportStatus is what the audit observed of a workload. The verdict is that of its worst running pod.
type PodSecurityReportStatus struct {
	// scoreModel names the weights behind score; scores of different models cannot be compared.
	// +optional
	// +kubebuilder:validation:MaxLength=16
	ScoreModel string `json:"scoreModel,omitempty"`
	// score of the blast radius, 0 (contained) to 100 (cluster-admin).
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Score int32 `json:"score"`
	// severity of the furthest consequence.
	// +optional
	Severity Severity `json:"severity,omitempty"`
	// severitySince is when this severity was first observed; absent where nobody keeps reports, as in a scan.
	// +optional
	SeveritySince metav1.Time `json:"severitySince,omitzero"`
	// unacceptedSeverity is the severity of what no exception accepts. Alerts use it.
	// +optional
	UnacceptedSeverity Severity `json:"unacceptedSeverity,omitempty"`
	// reach is how far a compromise goes.
	// +optional
	Reach Reach `json:"reach,omitempty"`
	// exposure is from how far away connections get at the pods, be it on a condition: External, Cluster, Namespace or None.
	// Unknown where a source is missing that may lead farther; the condition Complete names it.
	// +optional
	Exposure Exposure `json:"exposure,omitempty"`
	// priority is how soon to look, by severity and exposure: P1 to P4.
	// +optional
	Priority Priority `json:"priority,omitempty"`
	// pods counts the workload's pods.
	// +required
	Pods PodCounts `json:"pods"`
	// serviceAccountName is the identity of the pods.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
	// topFix is the one change that lowers the score most; absent where no single change lowers it.
	// +optional
	TopFix *TopFix `json:"topFix,omitempty"`
	// answers to the seven questions, ordered by question.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=7
	Answers []Answer `json:"answers,omitempty"`
	// findings of the worst pod, worst first.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Findings []Finding `json:"findings,omitempty"`
	// findingsTruncated counts the findings that were left out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	FindingsTruncated int32 `json:"findingsTruncated,omitempty"`
	// scoreBreakdown adds up to score.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	ScoreBreakdown []ScorePart `json:"scoreBreakdown,omitempty"`
	// restart says whether the workload's pods would be admitted today.
	// +optional
	Restart Restart `json:"restart,omitzero"`
	// conditions are Assessed, Complete, Restartable. They carry no time, so that the report changes only with what it says.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	Conditions []Condition `json:"conditions,omitempty"`
}

// Severity is how bad something is.
// +kubebuilder:validation:Enum=Critical;High;Medium;Low;Minimal
type Severity string

// Reach is how far a compromise of a workload goes.
// +kubebuilder:validation:Enum=Cluster;MultiNode;Node;Namespace;Pod
type Reach string

// Exposure is from how far away connections get at a workload.
// +kubebuilder:validation:Enum=External;Cluster;Namespace;None;Unknown
type Exposure string

// ExposureUnknown is where a source is missing that may lead farther than those that were read.
const ExposureUnknown Exposure = "Unknown"

// Priority is how soon to look at a workload.
// +kubebuilder:validation:Enum=P1;P2;P3;P4
type Priority string

// PodCounts counts pods that have not finished.
type PodCounts struct {
	// running pods, pending ones included.
	// +required
	// +kubebuilder:validation:Minimum=0
	Running int32 `json:"running"`
	// terminating pods; they are not part of the verdict unless nothing else runs.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Terminating int32 `json:"terminating,omitempty"`
	// divergent pods differ from the worst pod in what the audit looks at.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	Divergent []DivergentPod `json:"divergent,omitempty"`
	// divergentTruncated counts the divergent pods that are not named.
	// +optional
	// +kubebuilder:validation:Minimum=0
	DivergentTruncated int32 `json:"divergentTruncated,omitempty"`
	// worst names one of the pods that the verdict is taken from, where pods differ.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Worst string `json:"worst,omitempty"`
}

// DivergentPod is a pod whose own verdict is not that of the worst one.
type DivergentPod struct {
	// name of the pod.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
	// score of this pod alone.
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Score int32 `json:"score"`
	// onlyHere are checks that find something in this pod and nothing in the worst one.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	// +kubebuilder:validation:items:MaxLength=63
	OnlyHere []string `json:"onlyHere,omitempty"`
	// notHere are checks that find something in the worst pod and nothing in this one.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	// +kubebuilder:validation:items:MaxLength=63
	NotHere []string `json:"notHere,omitempty"`
}

// Finding is one fact that widens the blast radius.
type Finding struct {
	// check is the name of the check: PrivilegedContainer.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Check string `json:"check,omitempty"`
	// severity of the finding alone.
	// +required
	Severity Severity `json:"severity,omitempty"`
	// container is empty where the finding concerns the whole pod.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Container string `json:"container,omitempty"`
	// field is the path within the pod.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Field string `json:"field,omitempty"`
	// value is what stands there; empty where the field is unset. Never a secret.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Value string `json:"value,omitempty"`
	// message is the consequence in one sentence.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// condition names the fact that decides and that the API does not show; empty where the finding is certain.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Condition string `json:"condition,omitempty"`
	// remediation is the change that removes the finding. Of a Minimal one the page of its check says it, docs/checks/<check>.md.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Remediation string `json:"remediation,omitempty"`
	// points of the score that this finding accounts for.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Points int32 `json:"points,omitempty"`
	// acceptedBy names the exception that accepts the finding.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	AcceptedBy string `json:"acceptedBy,omitempty"`
	// since is when the finding was first observed, as bad as it is; absent where nobody keeps reports, as in a scan.
	// +optional
	Since metav1.Time `json:"since,omitzero"`
}
