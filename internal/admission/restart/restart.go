// Package restart answers whether the pods of a workload would be admitted by the policies of today, should they have to
// start again: after a drain, an eviction, a node that dies.
//
// It puts the pod that the cluster would create before everything that the API server asks, and names what refuses it in the
// order in which the API server would. That pod is what the template makes, with the containers that webhooks put into the
// running pod; the running pod is judged, too, where the two differ. What cannot be asked in process is named. The package
// reads the view and the policies, and talks to nobody.
package restart

import (
	"time"

	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/podsecurity"
)

// Verdict says what would become of a pod.
type Verdict string

// The verdicts.
const (
	Admitted Verdict = "Admitted"
	Denied   Verdict = "Denied"
	// Unknown: something that decides was not asked.
	Unknown Verdict = "Unknown"
	// NotRecreated: nobody creates the pod again.
	NotRecreated Verdict = "NotRecreated"
)

// rank orders verdicts: that of a workload is the worst of its pods.
func (v Verdict) rank() int {
	switch v {
	case Denied:
		return 3
	case NotRecreated:
		return 2
	case Unknown:
		return 1
	case Admitted:
	}
	return 0
}

// The reasons of verdicts, beside the kinds that refuse (see Refusal) and admission.Reason.
const (
	// ReasonStaticPod: the kubelet starts the pod again without asking anybody.
	ReasonStaticPod = "StaticPod"
	// ReasonBarePod: the pod has no controller.
	ReasonBarePod = "BarePod"
	// ReasonNoTemplate: no pod runs, and what would be made cannot be read.
	ReasonNoTemplate = "NoTemplate"
	// ReasonSourceUnavailable: objects that decide cannot be read.
	ReasonSourceUnavailable = "SourceUnavailable"
	// ReasonVersionUnknown: the API server may judge by other rules of Pod Security than those that are known here.
	ReasonVersionUnknown = "VersionUnknown"
)

// The kinds that refuse and are neither policies nor objects that a plugin reads.
const (
	KindPodSecurity = "PodSecurity"
	// KindNamespace: nothing is created in a namespace that is on its way out.
	KindNamespace = "Namespace"
)

// Rules are what decides about replacements.
type Rules struct {
	// Policies are those of the cluster.
	Policies *admission.Policies
	// PodSecurity knows the defaults and exemptions of the API server.
	PodSecurity *podsecurity.Evaluator
	// Authorizer answers what policies ask about rights; nil where it cannot be asked.
	Authorizer authorizer.UnconditionalAuthorizer
	// TrustWebhook tells whether a validating webhook is taken to admit every pod. Nil trusts none.
	TrustWebhook func(configuration, webhook string) bool
	// Minor is the minor version of the API server, 37 for 1.37; 0 where it is not known.
	Minor int
}

// Restart is the verdict on the pods of a workload: that on the worst of them.
type Restart struct {
	Verdict Verdict
	// Reason in CamelCase and Message in a sentence.
	Reason, Message string
	// Since is the latest change among what refuses; the zero time where nothing does, or nothing records it.
	Since time.Time
	// Pods counts running pods by verdict.
	Pods map[Verdict]int
	// Named are the verdicts of single pods, by name.
	Named map[string]Verdict
	// Refusals and Forecast are in the order in which the API server asks; NotAsked, too, what decides before the rest. All
	// are distinct.
	Refusals []Refusal
	NotAsked []NotAsked
	// Forecast is what would refuse a pod after an upgrade, or once it enforces what it only warns about or audits today.
	Forecast []Refusal
	// Live is the verdict on a running pod as it lives, where it is another one than that on its template; else empty.
	Live Verdict
	// Differs says in what that pod differs from what its template makes.
	Differs []string
}

// Refusal is one reason why a replacement would be refused.
type Refusal struct {
	// Kind of what refuses: PodSecurity, Namespace, that of a policy, or LimitRange, ServiceAccount, PriorityClass,
	// RuntimeClass, ResourceQuota.
	Kind string `json:"kind"`
	// Name of it; of Pod Security what is enforced, such as restricted:latest.
	Name    string `json:"name,omitempty"`
	Binding string `json:"binding,omitempty"`
	Message string `json:"message"`
	// Fields of the pod that are at fault, where they are known.
	Fields []string `json:"fields,omitempty"`
	// Since is when it was last changed; the zero time where nothing records it.
	Since time.Time `json:"since,omitzero"`
	// NewerThanPods is true where that was after the oldest pod was created.
	NewerThanPods bool `json:"newerThanPods,omitempty"`
}

// NotAsked is something that decides about pods, or changes them, and was not asked.
type NotAsked struct {
	Reason  string `json:"reason"`
	Kind    string `json:"kind"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message,omitempty"`
	// Decides is true where it may refuse the pod.
	Decides bool `json:"decides"`
}
