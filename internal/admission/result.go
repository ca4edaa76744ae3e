package admission

import (
	"cmp"
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Kind is the kind of an object that decides about admission.
type Kind string

// The kinds, in the order in which the API server asks them.
const (
	MutatingPolicy     Kind = "MutatingAdmissionPolicy"
	MutatingWebhooks   Kind = "MutatingWebhookConfiguration"
	ValidatingPolicy   Kind = "ValidatingAdmissionPolicy"
	ValidatingWebhooks Kind = "ValidatingWebhookConfiguration"
)

// Ref names a policy or a configuration of webhooks.
type Ref struct {
	Kind Kind
	Name string
}

// Verdict is what would become of the creation of a pod.
type Verdict string

// The verdicts.
const (
	Admitted Verdict = "Admitted"
	Denied   Verdict = "Denied"
	Unknown  Verdict = "Unknown"
)

// Cause is why something is denied.
type Cause string

// The causes. Only Refused is a decision of the policy's author: the others are errors that the failure policy turns into
// a denial.
const (
	Refused            Cause = "Refused"
	EvaluationError    Cause = "EvaluationError"
	ConfigurationError Cause = "ConfigurationError"
	// CompilationError is what the API server would answer if it could not compile the expression either. One that is newer
	// than this library may.
	CompilationError Cause = "CompilationError"
	// InternalError rejects the request at once, whatever the failure policy is: a mutation that yields no pod.
	InternalError Cause = "InternalError"
)

// NoExpression stands for the index of the expression where no single one decided.
const NoExpression = -1

// Denial is one reason why a pod is refused.
type Denial struct {
	Policy Ref
	// Binding is empty where the policy itself is at fault, and for webhooks.
	Binding string
	// Webhook is the name inside of its configuration: its match conditions failed.
	Webhook string
	// Param is the parameter object that the policy was evaluated with, zero without one and for a mutating policy.
	Param types.NamespacedName
	// Expression is the index in spec.validations, or NoExpression.
	Expression int
	Message    string
	Reason     metav1.StatusReason
	Cause      Cause
	// Actions are those of the binding, sorted. Without Deny the pod is admitted today, and not once the binding enforces.
	Actions []admissionregistrationv1.ValidationAction
	// Changed is the latest time at which the policy, the binding or the parameter changed, as far as the objects say.
	Changed metav1.Time
}

// Enforced tells whether the denial refuses the pod, rather than warning or writing to the audit log.
func (d *Denial) Enforced() bool { return slices.Contains(d.Actions, admissionregistrationv1.Deny) }

// String is the denial in the API server's words.
func (d *Denial) String() string {
	if d.Cause == InternalError {
		return d.Message
	}
	return refusal(d.Policy, d.Binding) + d.Message
}

// refusal is how the API server begins the message of a denial.
func refusal(policy Ref, binding string) string {
	switch {
	case policy.Kind == ValidatingPolicy && binding != "":
		return fmt.Sprintf("ValidatingAdmissionPolicy '%s' with binding '%s' denied request: ", policy.Name, binding)
	case policy.Kind == ValidatingPolicy:
		return fmt.Sprintf("ValidatingAdmissionPolicy '%s' denied request: ", policy.Name)
	case policy.Kind == MutatingPolicy && binding != "":
		return fmt.Sprintf("policy '%s' with binding '%s' denied request: ", policy.Name, binding)
	case policy.Kind == MutatingPolicy:
		return fmt.Sprintf("policy %q denied request: ", policy.Name)
	default:
		return ""
	}
}

func compareDenials(a, b Denial) int {
	return cmp.Or(
		compareRefs(a.Policy, b.Policy), cmp.Compare(a.Binding, b.Binding), cmp.Compare(a.Webhook, b.Webhook),
		cmp.Compare(a.Param.Namespace, b.Param.Namespace), cmp.Compare(a.Param.Name, b.Param.Name),
		cmp.Compare(a.Expression, b.Expression), cmp.Compare(a.Message, b.Message))
}

func compareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

// Reason is why a decision is not known.
type Reason string

// The reasons.
const (
	// ParamUnreadable: the kind of the parameters may not be read, or is one that is never read.
	ParamUnreadable Reason = "ParamUnreadable"
	// ParamNotSynced: the parameters have not been read yet.
	ParamNotSynced Reason = "ParamNotSynced"
	// PolicyBroken: the policy does not compile, or holds a value that this version does not know, and is ignored by an API
	// server that cannot read it either.
	PolicyBroken Reason = "PolicyBroken"
	// UserUnknown: the decision depends on who creates the pod.
	UserUnknown Reason = "UserUnknown"
	// AuthorizerNotAsked: the decision depends on what the authorizer answers.
	AuthorizerNotAsked Reason = "AuthorizerNotAsked"
	// LiteralsNotKept: the decision depends on a literal value, such as of an environment variable, which the pod does not carry.
	LiteralsNotKept Reason = "LiteralsNotKept"
	// NamespaceNotRead: the decision depends on the namespace, which was not given.
	NamespaceNotRead Reason = "NamespaceNotRead"
	// WebhookNotAsked: a validating webhook may refuse the pod.
	WebhookNotAsked Reason = "WebhookNotAsked"
	// MutatingWebhookNotApplied: a webhook may change the pod. It is named, but does not make the verdict Unknown.
	MutatingWebhookNotApplied Reason = "MutatingWebhookNotApplied"
)

// Gap is something that is not known about the admission of a pod.
type Gap struct {
	Reason Reason
	Policy Ref
	// Binding is empty where the whole policy is meant, and for webhooks.
	Binding string
	Webhook string
	Message string
	// FailurePolicy is what happens to the pod when the webhook or the policy fails.
	FailurePolicy admissionregistrationv1.FailurePolicyType
	// SideEffects is what a webhook says of itself: one that has any is not called by a dry run.
	SideEffects admissionregistrationv1.SideEffectClass
	// Enforced tells whether the pod would be refused, rather than warned about.
	Enforced bool
	// Changed is the latest time at which the policy or the binding changed, as far as the objects say.
	Changed metav1.Time
	// Created is when the configuration of the webhook was; zero for a policy.
	Created metav1.Time
}

func compareGaps(a, b Gap) int {
	return cmp.Or(
		compareRefs(a.Policy, b.Policy), cmp.Compare(a.Binding, b.Binding), cmp.Compare(a.Webhook, b.Webhook),
		cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Message, b.Message))
}

// Result is the judgement of one pod.
type Result struct {
	// Pod is the pod as the validating policies saw it. It may share memory with the one that was given: read it only.
	Pod *corev1.Pod
	// Denials are sorted by policy, binding, parameter and expression, those that only warn among them.
	Denials []Denial
	// Gaps are sorted by policy, binding and reason.
	Gaps []Gap
}

// Verdict sums the result up. A denial stands whatever else is not known, unless a mutating policy could not be applied:
// then the validating policies judged another pod than the API server would.
func (r *Result) Verdict() Verdict {
	known := !slices.ContainsFunc(r.Gaps, func(g Gap) bool { return g.Policy.Kind == MutatingPolicy })
	if slices.ContainsFunc(r.Denials, func(d Denial) bool { return d.Enforced() && (known || d.Policy.Kind == MutatingPolicy) }) {
		return Denied
	}
	if slices.ContainsFunc(r.Gaps, func(g Gap) bool { return g.Enforced }) {
		return Unknown
	}
	return Admitted
}

// String is the name with its kind.
func (r Ref) String() string { return string(r.Kind) + "/" + r.Name }
