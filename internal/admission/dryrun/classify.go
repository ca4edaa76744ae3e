package dryrun

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// classify makes an answer of what a create returned. The text in it is as the API server sent it.
//
// The status is read by its reason, its details and its causes. Where these say no more than Forbidden, which is all that
// the plugins of the API server give, the message is read, by the forms of forms.go. A webhook may answer with any status,
// and a policy with one of four reasons, so both are looked for first; the API server puts words of its own before theirs,
// so neither can pass for somebody else.
func classify(err error) Answer {
	if err == nil {
		return Answer{Verdict: Admitted}
	}
	carrier := apierrors.APIStatus(nil)
	if !errors.As(err, &carrier) {
		return unanswered(err)
	}
	status := carrier.Status()
	if status.Details == nil {
		status.Details = &metav1.StatusDetails{}
	}
	for _, read := range [...]func(metav1.Status) (Answer, bool){byWebhook, byPolicy, byName, byPlugin} {
		if answer, ok := read(status); ok {
			return answer
		}
	}
	return byReason(status)
}

// unanswered is a request that got no answer of an API server.
func unanswered(err error) Answer {
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout()) {
		return cannotTell(Timeout, err.Error())
	}
	return cannotTell(Unreachable, err.Error())
}

// byWebhook reads what the API server says of a webhook, in the words of
// k8s.io/apiserver/pkg/admission/plugin/webhook/errors and k8s.io/apiserver/pkg/util/webhook.
func byWebhook(status metav1.Status) (Answer, bool) {
	if name, rest, ok := quoted(status.Message, "admission webhook "); ok {
		switch {
		case strings.HasPrefix(rest, " denied the request"):
			return denied(Denier{Kind: Webhook, Name: name}, status.Message), true
		case rest == " does not support dry run":
			return aboutWebhook(WebhookDoesNotSupportDryRun, name, status.Message), true
		}
	}
	for _, cause := range status.Details.Causes {
		if name, _, ok := quoted(cause.Message, "failed calling webhook "); ok && status.Reason == metav1.StatusReasonInternalError {
			return aboutWebhook(WebhookUnavailable, name, cause.Message), true
		}
	}
	return Answer{}, false
}

func aboutWebhook(reason Reason, name, message string) Answer {
	answer := cannotTell(reason, message)
	answer.Denier = Denier{Kind: Webhook, Name: name}
	return answer
}

// byPolicy reads a denial by a policy: a cause with neither type nor field, in the words of the dispatchers in
// k8s.io/apiserver/pkg/admission/plugin/policy. A policy that is misconfigured denies, too, where its failure policy is Fail.
func byPolicy(status metav1.Status) (Answer, bool) {
	for _, cause := range status.Details.Causes {
		if cause.Type != "" || cause.Field != "" {
			continue
		}
		if rest, ok := strings.CutPrefix(cause.Message, "ValidatingAdmissionPolicy "); ok {
			return denied(policyIn(ValidatingAdmissionPolicy, rest), cause.Message), true
		}
		if rest, ok := strings.CutPrefix(cause.Message, "policy "); ok {
			return denied(policyIn(MutatingAdmissionPolicy, rest), cause.Message), true
		}
	}
	return Answer{}, false
}

// policyIn reads 'policy' with binding 'binding' denied request, where the binding may be missing and the quotation marks
// may be double ones. Names of objects hold neither.
func policyIn(kind DenierKind, rest string) Denier {
	const quotes = `'"`
	parts := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(quotes, r) })
	by := Denier{Kind: kind}
	if len(parts) > 0 {
		by.Name = parts[0]
	}
	if len(parts) > 2 && parts[1] == " with binding " {
		by.Binding = parts[2]
	}
	return by
}

// byName reads a conflict about the name of the pod. The storage is asked last, after all of admission: the pod that is in
// the way is the one that the candidate would replace.
func byName(status metav1.Status) (Answer, bool) {
	if status.Reason == metav1.StatusReasonAlreadyExists && status.Details.Group == "" && status.Details.Kind == "pods" {
		return Answer{Verdict: Admitted}, true
	}
	return Answer{}, false
}

// byPlugin reads what the plugins of the API server and its validation say.
func byPlugin(status metav1.Status) (Answer, bool) {
	causes := status.Details.Causes
	switch status.Reason {
	case metav1.StatusReasonInvalid:
		if status.Details.Kind != "Pod" || len(causes) == 0 {
			return Answer{}, false
		}
		return byValidation(causes), true
	case metav1.StatusReasonForbidden:
		for _, cause := range causes {
			if cause.Type == corev1.NamespaceTerminatingCause {
				return denied(Denier{Kind: Namespace}, cause.Message), true
			}
		}
		return byForm(plain(status)), true
	case metav1.StatusReasonUnknown:
		// The plugin of quotas returns this one as no status at all.
		if strings.HasPrefix(status.Message, insufficientScope) {
			return denied(Denier{Kind: ResourceQuota}, status.Message), true
		}
	default:
	}
	return Answer{}, false
}

// plain is the message without the name of the pod, which was generated for this request.
func plain(status metav1.Status) string {
	subject := status.Details.Kind
	if status.Details.Name != "" {
		subject = fmt.Sprintf("%s %q", subject, status.Details.Name)
	}
	return strings.TrimPrefix(status.Message, subject+" is forbidden: ")
}

func byValidation(causes []metav1.StatusCause) Answer {
	texts := make([]string, 0, len(causes))
	for _, cause := range causes {
		texts = append(texts, cause.Field+": "+cause.Message)
	}
	slices.Sort(texts)
	return denied(Denier{Kind: Validation, Name: until(":")(texts[0])}, strings.Join(texts, "; "))
}

// byReason reads what is left, where nobody refused the pod.
func byReason(status metav1.Status) Answer {
	return cannotTell(reasonOf(status), status.Message)
}

func reasonOf(status metav1.Status) Reason {
	switch status.Reason {
	case metav1.StatusReasonUnauthorized:
		return Unauthorized
	case metav1.StatusReasonTooManyRequests:
		return RateLimited
	case metav1.StatusReasonTimeout, metav1.StatusReasonServerTimeout:
		return Timeout
	case metav1.StatusReasonNotFound:
		if status.Details.Kind == "namespaces" {
			return NamespaceNotFound
		}
		return ServerError
	case metav1.StatusReasonBadRequest, metav1.StatusReasonInvalid, metav1.StatusReasonRequestEntityTooLarge,
		metav1.StatusReasonUnsupportedMediaType:
		return BadRequest
	default:
		return ServerError
	}
}
