package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RestartVerdict says whether the pods of a workload would be admitted today.
// +kubebuilder:validation:Enum=Admitted;Denied;Unknown;NotRecreated
type RestartVerdict string

// The restart verdicts.
const (
	RestartAdmitted     RestartVerdict = "Admitted"
	RestartDenied       RestartVerdict = "Denied"
	RestartUnknown      RestartVerdict = "Unknown"
	RestartNotRecreated RestartVerdict = "NotRecreated"
)

// Restart says whether the workload's pods would be admitted by the policies of today, should they have to start again.
type Restart struct {
	// verdict of the worst pod.
	// +required
	Verdict RestartVerdict `json:"verdict,omitempty"`
	// verdictSince is when this verdict was first observed; absent where nobody keeps reports, as in a scan.
	// +optional
	VerdictSince metav1.Time `json:"verdictSince,omitzero"`
	// reason of the verdict, in CamelCase.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Reason string `json:"reason,omitempty"`
	// message says more.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// since is when the latest change was made that refuses a pod, as far as the cluster records it.
	// +optional
	Since metav1.Time `json:"since,omitzero"`
	// pods by what would become of them.
	// +optional
	Pods RestartPods `json:"pods,omitzero"`
	// refusedBy lists what refuses a replacement.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	RefusedBy []Refusal `json:"refusedBy,omitempty"`
	// refusedByTruncated counts the refusals that were left out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	RefusedByTruncated int32 `json:"refusedByTruncated,omitempty"`
	// notAsked lists what may refuse or change a replacement and was not asked.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	NotAsked []NotAsked `json:"notAsked,omitempty"`
	// notAskedTruncated counts those that were left out.
	// +optional
	// +kubebuilder:validation:Minimum=0
	NotAskedTruncated int32 `json:"notAskedTruncated,omitempty"`
	// forecast lists what would refuse a replacement after a change that is announced: an upgrade of the control plane, or
	// a policy that only warns or audits today.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=4
	Forecast []Refusal `json:"forecast,omitempty"`
	// live is the verdict on the running pod as it lives, where it is another one than that on its template.
	// +optional
	Live RestartVerdict `json:"live,omitempty"`
	// differs says in what the running pod is not what its template makes, where that matters to the verdict.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:validation:items:MaxLength=256
	Differs []string `json:"differs,omitempty"`
}

// RestartPods counts running pods by what would become of them.
type RestartPods struct {
	// admitted would come back.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Admitted int32 `json:"admitted,omitempty"`
	// denied would be refused.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Denied int32 `json:"denied,omitempty"`
	// unknown may come back or not.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Unknown int32 `json:"unknown,omitempty"`
	// notRecreated are lost: nobody makes them again.
	// +optional
	// +kubebuilder:validation:Minimum=0
	NotRecreated int32 `json:"notRecreated,omitempty"`
}

// Refusal is one reason why a replacement would be refused.
type Refusal struct {
	// kind of what refuses: PodSecurity, ValidatingAdmissionPolicy, LimitRange, ServiceAccount and others.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
	// name of the object that refuses; of Pod Security what the namespace enforces, such as restricted:latest.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
	// binding of the policy.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Binding string `json:"binding,omitempty"`
	// message in the words of the API server.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// fields of the pod that are at fault, where they are known.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	// +kubebuilder:validation:items:MaxLength=256
	Fields []string `json:"fields,omitempty"`
	// since is when it was last changed, as far as the cluster records it.
	// +optional
	Since metav1.Time `json:"since,omitzero"`
	// newerThanPods is true where it was changed after the oldest running pod was created: admission judged that pod by
	// something else.
	// +optional
	NewerThanPods bool `json:"newerThanPods,omitempty"`
}

// NotAsked is something that decides about pods and that was not asked.
type NotAsked struct {
	// reason in CamelCase: WebhookNotAsked, ParamUnreadable and others.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Reason string `json:"reason,omitempty"`
	// kind of it.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
	// name of it; of a webhook that of its configuration and its own.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Name string `json:"name,omitempty"`
	// message says more.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Message string `json:"message,omitempty"`
}
