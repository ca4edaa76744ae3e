package dryrun

import "slices"

// Verdict is what a dry-run says about a candidate.
type Verdict string

// The verdicts. CannotTell is never Admitted: somebody who has a say was not heard.
const (
	Admitted   Verdict = "Admitted"
	Denied     Verdict = "Denied"
	CannotTell Verdict = "CannotTell"
)

// DenierKind is a kind of thing that refuses pods.
type DenierKind string

// What refuses pods.
const (
	PodSecurity               DenierKind = "PodSecurity"
	ValidatingAdmissionPolicy DenierKind = "ValidatingAdmissionPolicy"
	MutatingAdmissionPolicy   DenierKind = "MutatingAdmissionPolicy"
	Webhook                   DenierKind = "Webhook"
	ServiceAccount            DenierKind = "ServiceAccount"
	PriorityClass             DenierKind = "PriorityClass"
	RuntimeClass              DenierKind = "RuntimeClass"
	LimitRange                DenierKind = "LimitRange"
	ResourceQuota             DenierKind = "ResourceQuota"
	// Namespace is one that is being terminated.
	Namespace DenierKind = "Namespace"
	// Validation is that of the API server itself: the pod is no valid pod, today and by this version.
	Validation DenierKind = "Validation"
	// Plugin is any other admission plugin, built in or of a distribution; it does not say its name.
	Plugin DenierKind = "Plugin"
)

// Denier is who refused.
type Denier struct {
	Kind DenierKind
	// Name of the policy, webhook, quota, class or ServiceAccount, or the first field that is invalid. Empty where the API
	// server does not name it.
	Name string
	// Binding of the policy that refused; empty where the policy itself is at fault.
	Binding string
}

// Reason is why a dry-run cannot tell, in CamelCase.
type Reason string

// The reasons. Denier names the webhook or quota where there is one.
const (
	// GuardNotInForce: nothing was asked, see Guard.
	GuardNotInForce Reason = "GuardNotInForce"
	// WebhookDoesNotSupportDryRun: the API server does not call a webhook that may have side effects. A registration by
	// v1 cannot say so; one that was stored by v1beta1 can.
	WebhookDoesNotSupportDryRun Reason = "WebhookDoesNotSupportDryRun"
	// WebhookUnavailable: a webhook whose failure policy is Fail did not answer. No pod comes back as long as that lasts.
	WebhookUnavailable Reason = "WebhookUnavailable"
	// QuotaNotCounted: the quota is so new that nobody has counted what is used of it.
	QuotaNotCounted Reason = "QuotaNotCounted"
	// NamespaceNotFound: the namespace is gone, or the API server has not seen it yet.
	NamespaceNotFound Reason = "NamespaceNotFound"
	// Forbidden and Unauthorized: the right to create pods is missing, in this namespace or for the moment. Where it is missing
	// at all, the guard stands at NotGranted.
	Forbidden    Reason = "Forbidden"
	Unauthorized Reason = "Unauthorized"
	// RateLimited: the API server sheds load.
	RateLimited Reason = "RateLimited"
	Timeout     Reason = "Timeout"
	// Unreachable: there is no answer of an API server.
	Unreachable Reason = "Unreachable"
	// NotReady: an admission plugin waits for its caches.
	NotReady Reason = "NotReady"
	// ServerError is any other failure of the API server. What a plugin could not look up is here too.
	ServerError Reason = "ServerError"
	// BadRequest: the API server does not understand the candidate.
	BadRequest Reason = "BadRequest"
)

// Answer is what the API server said about a candidate. It changes only with what decides: no time, no generated name.
type Answer struct {
	Verdict Verdict
	// Denier is who refused, and with CannotTell whom the reason is about; zero where that is nobody.
	Denier Denier
	// Reason is set with CannotTell.
	Reason Reason
	// Message of the API server, on one line, at most 512 bytes.
	Message string
	// Warnings of policies and webhooks that let the pod pass, sorted, at most 8 of 256 bytes.
	Warnings []string
}

// Equal tells whether two answers say the same.
func (a Answer) Equal(b Answer) bool {
	return a.Verdict == b.Verdict && a.Denier == b.Denier && a.Reason == b.Reason && a.Message == b.Message &&
		slices.Equal(a.Warnings, b.Warnings)
}

// repeatedBy tells whether another answer to the same question is no news. While a failure lasts, its text may name another
// port or another replica each time.
func (a Answer) repeatedBy(b Answer) bool {
	if a.Reason.Passes() {
		return a.Verdict == b.Verdict && a.Denier == b.Denier && a.Reason == b.Reason
	}
	return a.Equal(b)
}

// MayDependOnUser tells whether a denial may be about who asks: it is Daysix that asks, and a controller that will create
// the pod. A webhook and a plugin without a name are told who asks, and nobody else knows what they make of it. Whether a
// policy reads it can be known: readsUser tells it of a policy, and has to say yes of one that it does not know.
//
// Pod Security is not among them: it may exempt a user, but exempting the controllers would exempt everybody.
func (a Answer) MayDependOnUser(readsUser func(kind DenierKind, policy string) bool) bool {
	if a.Verdict != Denied {
		return false
	}
	switch a.Denier.Kind {
	case Webhook, Plugin:
		return true
	case ValidatingAdmissionPolicy, MutatingAdmissionPolicy:
		return readsUser(a.Denier.Kind, a.Denier.Name)
	default:
		return false
	}
}

// Passes tells whether the reason passes by itself, so that the same question may get another answer later.
func (r Reason) Passes() bool {
	switch r {
	case GuardNotInForce, WebhookUnavailable, QuotaNotCounted, NamespaceNotFound, Forbidden, Unauthorized, RateLimited, Timeout,
		Unreachable, NotReady, ServerError:
		return true
	default:
		return false
	}
}

func denied(by Denier, message string) Answer {
	return Answer{Verdict: Denied, Denier: by, Message: message}
}

func cannotTell(reason Reason, message string) Answer {
	return Answer{Verdict: CannotTell, Reason: reason, Message: message}
}
