package admission

import (
	"cmp"
	"context"
	"strings"
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/utils/ptr"
)

// configuration holds the webhooks of one object.
type configuration struct {
	ref      Ref
	webhooks []*webhook
	spec     any
	created  metav1.Time
	changed  metav1.Time
}

// webhook is what matters of a webhook that is not called: when it would be.
type webhook struct {
	ref           Ref
	name          string
	target        target
	selectorFault error // of a selector that cannot be parsed
	failure       admissionregistrationv1.FailurePolicyType
	effects       admissionregistrationv1.SideEffectClass
	created       metav1.Time
	changed       metav1.Time
	conditions    func() *conditions
}

func newValidatingConfiguration(given *admissionregistrationv1.ValidatingWebhookConfiguration, c *compiler) *configuration {
	object := given.DeepCopy()
	fresh := &configuration{
		ref: Ref{ValidatingWebhooks, object.Name}, spec: object.Webhooks, created: object.CreationTimestamp, changed: ChangedAt(object),
	}
	for i := range object.Webhooks {
		w := &object.Webhooks[i]
		defaultValidatingWebhook(w)
		// How it is called does not matter, and a new certificate is no change.
		w.ClientConfig, w.TimeoutSeconds, w.AdmissionReviewVersions = admissionregistrationv1.WebhookClientConfig{}, nil, nil
		fresh.add(&webhook{
			name: w.Name, failure: *w.FailurePolicy, effects: ptr.Deref(w.SideEffects, admissionregistrationv1.SideEffectClassUnknown),
			target:     newWebhookTarget(w.Rules, w.NamespaceSelector, w.ObjectSelector),
			conditions: c.conditionsOf("validating", w.Name, w.MatchConditions, w.FailurePolicy),
		}, w.NamespaceSelector, w.ObjectSelector)
	}
	return fresh
}

func newMutatingConfiguration(given *admissionregistrationv1.MutatingWebhookConfiguration, c *compiler) *configuration {
	object := given.DeepCopy()
	fresh := &configuration{
		ref: Ref{MutatingWebhooks, object.Name}, spec: object.Webhooks, created: object.CreationTimestamp, changed: ChangedAt(object),
	}
	for i := range object.Webhooks {
		w := &object.Webhooks[i]
		defaultMutatingWebhook(w)
		w.ClientConfig, w.TimeoutSeconds, w.AdmissionReviewVersions = admissionregistrationv1.WebhookClientConfig{}, nil, nil
		fresh.add(&webhook{
			name: w.Name, failure: *w.FailurePolicy, effects: ptr.Deref(w.SideEffects, admissionregistrationv1.SideEffectClassUnknown),
			target:     newWebhookTarget(w.Rules, w.NamespaceSelector, w.ObjectSelector),
			conditions: c.conditionsOf("admit", w.Name, w.MatchConditions, w.FailurePolicy),
		}, w.NamespaceSelector, w.ObjectSelector)
	}
	return fresh
}

func (c *configuration) add(w *webhook, selectors ...*metav1.LabelSelector) {
	w.ref, w.created, w.changed = c.ref, c.created, c.changed
	for _, s := range selectors {
		if _, err := metav1.LabelSelectorAsSelector(s); err != nil && w.selectorFault == nil {
			w.selectorFault = err
		}
	}
	c.webhooks = append(c.webhooks, w)
}

// keep takes over what an equal configuration has compiled.
func (c *configuration) keep(old *configuration) {
	for i := range c.webhooks {
		c.webhooks[i].conditions = old.webhooks[i].conditions
	}
}

// scope is where its webhooks are called. The configuration may be nil.
func (c *configuration) scope() Scope {
	var s Scope
	if c != nil {
		for _, w := range c.webhooks {
			if w.target.pods {
				s.areas = append(s.areas, area{policy: w.target.namespaces})
			}
		}
	}
	return s
}

func (c *compiler) conditionsOf(
	use, name string, list []admissionregistrationv1.MatchCondition, failure *admissionregistrationv1.FailurePolicyType,
) func() *conditions {
	return sync.OnceValue(func() *conditions {
		if len(list) == 0 {
			return nil
		}
		b := *c.webhooks()
		return b.conditions(list, failure, "webhook", use, name)
	})
}

func compareWebhooks(a, b *webhook) int {
	return cmp.Or(compareRefs(a.ref, b.ref), cmp.Compare(a.name, b.name))
}

// matchWebhooks names the webhooks that would be called for the pod as it is now.
func (e *evaluation) matchWebhooks(ctx context.Context) {
	if len(e.view.webhooks) == 0 {
		return
	}
	request := e.attributes()
	for _, w := range e.view.webhooks {
		if !w.target.mayMatch(e.labels) || w.target.objects != nil && !w.target.objects.Matches(labels.Set(e.pod.Labels)) {
			continue
		}
		if w.selectorFault != nil {
			e.denyByWebhook(w, ConfigurationError, "Internal error occurred: "+w.selectorFault.Error(), metav1.StatusReasonInternalError)
			continue
		}
		e.matchWebhook(ctx, w, request)
	}
}

func (e *evaluation) matchWebhook(ctx context.Context, w *webhook, request admission.Attributes) {
	reason := WebhookNotAsked
	switch {
	case w.ref.Kind == MutatingWebhooks:
		reason = MutatingWebhookNotApplied
	case e.request.TrustWebhook != nil && e.request.TrustWebhook(w.ref.Name, w.name):
		reason = ""
	}
	missing := e.missing
	if w.failure == admissionregistrationv1.Ignore {
		missing |= readsBroken
	}
	conditions := w.conditions()
	if conditions != nil {
		versioned, err := admission.NewVersionedAttributes(request, podKind, e.policies.compiler.types.objects)
		if err == nil {
			match := conditions.match(ctx, versioned, nil, e.authorizer, missing)
			if match.excluded {
				return
			}
			err = match.err
		}
		if err != nil {
			e.denyByWebhook(w, EvaluationError, err.Error(), metav1.StatusReasonForbidden)
			return
		}
	}
	if reason != "" {
		e.webhookGap(w, reason)
	}
}

func (e *evaluation) denyByWebhook(w *webhook, cause Cause, message string, reason metav1.StatusReason) {
	if cause == EvaluationError && strings.Contains(message, "compilation error") && w.conditions().union()&readsBroken != 0 {
		cause = CompilationError
	}
	e.denials = append(e.denials, Denial{
		Policy: w.ref, Webhook: w.name, Expression: NoExpression, Message: message, Reason: reason, Cause: cause,
		Actions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny}, Changed: w.changed,
	})
}

func (e *evaluation) webhookGap(w *webhook, reason Reason) {
	e.gaps = append(e.gaps, Gap{
		Reason: reason, Policy: w.ref, Webhook: w.name, Message: reason.message(), FailurePolicy: w.failure, SideEffects: w.effects,
		Enforced: w.ref.Kind == ValidatingWebhooks, Created: w.created, Changed: w.changed,
	})
}
