package admission

import (
	"context"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// Request is the creation of a pod.
type Request struct {
	// Pod is the pod as it is when admission begins to ask policies: with the defaults of the API, of LimitRange, of its
	// ServiceAccount and priority. It is only read, whatever the policies do.
	Pod *corev1.Pod
	// Namespace is that of the pod, nil where it is not known.
	Namespace *corev1.Namespace
	// User is who creates the pod, nil where it is not known.
	User user.Info
	// UserPartial tells that only the name and the groups of the user are known.
	UserPartial bool
	// Authorizer answers what policies ask about rights, nil where it cannot be asked.
	Authorizer authorizer.UnconditionalAuthorizer
	// LiteralsRedacted tells that the literal values of environment variables in the pod are not the real ones. An empty
	// value is.
	LiteralsRedacted bool
	// TrustWebhook tells whether a validating webhook is taken to admit every pod. Nil trusts none.
	TrustWebhook func(configuration, webhook string) bool
	// Reinvoke does to a pod that policies have changed what the admission plugins inside of the API server do when they are
	// run again, before policies are. Nil does nothing.
	Reinvoke func(*corev1.Pod)
}

// Evaluate judges the creation of a pod. The context only carries values: an evaluation that stopped half way would look
// like a denial.
func (x *Policies) Evaluate(ctx context.Context, request *Request) Result {
	e := &evaluation{
		policies: x, view: x.currentView(), request: request, pod: typed(request.Pod), namespace: request.Namespace,
		user: request.User, authorizer: request.Authorizer,
	}
	if e.namespace == nil {
		e.withoutNamespace()
		return e.finish()
	}
	e.labels = labelsOf(e.namespace.Name, e.namespace.Labels)
	e.namespace = labelled(e.namespace, e.labels)
	e.pod.Namespace = e.namespace.Name
	if e.user == nil {
		e.user, e.missing = &user.DefaultInfo{}, e.missing|readsUser
	}
	if request.UserPartial {
		e.missing |= readsIdentity
	}
	if e.authorizer == nil {
		e.authorizer, e.missing = notAsked{}, e.missing|readsAuthorizer
	}
	if request.LiteralsRedacted && hasLiterals(&e.pod.Spec) {
		e.missing |= readsLiterals
	}
	matcher := matching.NewMatcher(oneNamespace{e.namespace}, nil)
	e.matcher, e.matches = matcher, generic.NewPolicyMatcher(matcher)
	ctx = context.WithoutCancel(ctx)
	e.mutate(ctx)
	e.pod = validatedPod(e.pod)
	e.validate(ctx)
	e.matchWebhooks(ctx)
	return e.finish()
}

// evaluation is the work on one request.
type evaluation struct {
	policies *Policies
	view     *view
	request  *Request
	// pod is the pod so far. What it points to is not changed.
	pod        *corev1.Pod
	namespace  *corev1.Namespace
	labels     labels.Set
	user       user.Info
	authorizer authorizer.UnconditionalAuthorizer
	// missing are the facts that were not given.
	missing reads
	matcher *matching.Matcher
	matches generic.PolicyMatcher
	denials []Denial
	gaps    []Gap
}

func (e *evaluation) finish() Result {
	slices.SortFunc(e.denials, compareDenials)
	slices.SortFunc(e.gaps, compareGaps)
	return Result{Pod: e.pod, Denials: e.denials, Gaps: slices.CompactFunc(e.gaps, func(a, b Gap) bool { return compareGaps(a, b) == 0 })}
}

// attributes are the request as it stands, for policies to read.
func (e *evaluation) attributes() admission.Attributes {
	return podAttributes(e.pod, e.namespace.Name, e.pod.Name, e.user)
}

// withoutNamespace names everything that would be asked.
func (e *evaluation) withoutNamespace() {
	for _, list := range [...][]*rule{e.view.mutating, e.view.validating} {
		for _, r := range list {
			e.gap(r, nil, NamespaceNotRead)
		}
	}
	for _, w := range e.view.webhooks {
		e.webhookGap(w, NamespaceNotRead)
	}
}

// gap records what is not known about a policy, or about one binding of it.
func (e *evaluation) gap(r *rule, b *binding, reason Reason) {
	g := Gap{Reason: reason, Policy: r.ref, Message: reason.message(), FailurePolicy: *r.accessor.GetFailurePolicy(), Changed: r.changed}
	if b == nil {
		g.Enforced = slices.ContainsFunc(r.bindings, (*binding).enforces)
	} else {
		g.Binding, g.Enforced, g.Changed = b.ref.Name, b.enforces(), later(r.changed, b.changed)
	}
	e.gaps = append(e.gaps, g)
}

// faults records what this version does not know about a policy and its binding. It may well be that they enforce.
func (e *evaluation) faults(r *rule, b *binding) {
	for _, fault := range slices.Concat(r.faults, b.faults) {
		e.gap(r, b, PolicyBroken)
		last := &e.gaps[len(e.gaps)-1]
		last.Message, last.Enforced = fault, true
	}
}

// gapsFor records one gap for each of the missing facts.
func (e *evaluation) gapsFor(r *rule, b *binding, missing reads) {
	for _, fact := range facts {
		if missing&fact.reads != 0 {
			e.gap(r, b, fact.reason)
		}
	}
}

// missingFor are the facts that are missing to a policy. What does not compile is ignored by a policy that ignores
// failures, here, and perhaps not by an API server that is newer.
func (e *evaluation) missingFor(r *rule) reads {
	if r.ignores {
		return e.missing | readsBroken
	}
	return e.missing
}

func (e *evaluation) deny(d *Denial, r *rule, b *binding) {
	d.Policy, d.Changed = r.ref, later(d.Changed, r.changed)
	if b != nil {
		d.Binding, d.Changed = b.ref.Name, later(d.Changed, b.changed)
	}
	if d.Actions == nil {
		d.Actions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny}
	}
	if d.Reason == "" {
		d.Reason = metav1.StatusReasonInvalid
	}
	e.denials = append(e.denials, *d)
}
