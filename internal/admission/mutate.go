package admission

import (
	"context"
	"errors"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
)

// mutate applies the mutating policies. The API server applies them in an order that it does not fix; here it is that of
// their names.
func (e *evaluation) mutate(ctx context.Context) {
	hooks, doubtful := e.mutations()
	if len(hooks) == 0 && len(doubtful) == 0 {
		return
	}
	// Policies write into the object of the request.
	e.pod = e.pod.DeepCopy()
	request := e.attributes()
	// A policy that is not applied may come to match, or cease to, by what the others do.
	e.doubt(ctx, doubtful, request)
	dispatcher := mutating.NewDispatcher(e.authorizer, e.matcher, e.policies.compiler.types)
	for range 2 {
		if err := dispatcher.Dispatch(ctx, request, e.policies.compiler.types.objects, hooks); err != nil {
			e.rejected(err)
			break
		}
		again := request.GetReinvocationContext()
		if !again.ShouldReinvoke() || again.IsReinvoke() {
			break
		}
		again.SetIsReinvoke()
		if pod, ok := request.GetObject().(*corev1.Pod); ok && e.request.Reinvoke != nil {
			e.request.Reinvoke(pod)
		}
	}
	e.doubt(ctx, doubtful, request)
	if pod, ok := request.GetObject().(*corev1.Pod); ok {
		pod.SetGroupVersionKind(podKind)
		e.pod = pod
	}
}

// doubtfulMutation is a policy that cannot be applied for want of facts.
type doubtfulMutation struct {
	rule *rule
	// binding is nil where it is not even known whether the kind of the parameters exists.
	binding *binding
	// reason is about the parameters, empty where they can be read.
	reason  Reason
	missing reads
}

// mutations are the policies that can be applied to pods of the namespace, and those that cannot.
func (e *evaluation) mutations() ([]mutating.PolicyHook, []doubtfulMutation) {
	var hooks []mutating.PolicyHook
	var doubtful []doubtfulMutation
	for _, r := range e.view.mutating {
		if !r.target.mayMatch(e.labels) {
			continue
		}
		compiled := r.mutate()
		missing := e.missingFor(r) & (compiled.all | compiled.conditions.union())
		var usable []*admissionregistrationv1.MutatingAdmissionPolicyBinding
		for _, b := range r.bindings {
			reason := r.unreadable(b)
			switch {
			case !e.applies(r, b):
			case len(r.faults)+len(b.faults) > 0:
				e.faults(r, b)
			case reason == ParamNotSynced:
				doubtful = append(doubtful, doubtfulMutation{r, nil, reason, missing})
			case reason != "":
				doubtful = append(doubtful, doubtfulMutation{r, b, reason, missing | readsParams})
			case missing != 0:
				doubtful = append(doubtful, doubtfulMutation{r, b, "", missing})
			default:
				usable = append(usable, b.mutating)
			}
		}
		if len(usable) > 0 {
			hooks = append(hooks, e.mutationHook(r, usable))
		}
	}
	return hooks, doubtful
}

func (e *evaluation) mutationHook(r *rule, bindings []*admissionregistrationv1.MutatingAdmissionPolicyBinding) mutating.PolicyHook {
	hook := mutating.PolicyHook{
		Policy: r.mutating, Bindings: bindings, Evaluator: r.mutate().evaluator, ConfigurationError: r.configuration(),
	}
	if r.param != nil && hook.ConfigurationError == nil {
		hook.ParamInformer = &paramReader{policies: e.policies, kind: *r.param}
		hook.ParamScope = restScope(r.params.Namespaced)
	}
	return hook
}

// doubt records the policies that are not applied, if they can match the request.
func (e *evaluation) doubt(ctx context.Context, doubtful []doubtfulMutation, request admission.Attributes) {
	for _, d := range doubtful {
		if !e.mayApply(ctx, d.rule, d.binding, request, e.missingFor(d.rule)|d.missing) {
			continue
		}
		if d.reason != "" {
			e.gap(d.rule, d.binding, d.reason)
		}
		e.gapsFor(d.rule, d.binding, d.missing)
	}
}

// rejected records the errors of mutating policies: those of the configuration and of the evaluation, one cause each, or one
// that rejects the request at once.
func (e *evaluation) rejected(err error) {
	status, ok := errors.AsType[*apierrors.StatusError](err)
	if !ok || status.ErrStatus.Details == nil {
		status = &apierrors.StatusError{ErrStatus: metav1.Status{Message: err.Error(), Details: &metav1.StatusDetails{}}}
	}
	given := &status.ErrStatus
	if len(given.Details.Causes) == 0 {
		from := &rule{policy: &policy{ref: Ref{MutatingPolicy, given.Details.Name}}}
		for _, r := range e.view.mutating {
			if r.ref == from.ref {
				from = r
			}
		}
		e.deny(&Denial{Expression: NoExpression, Message: given.Message, Reason: given.Reason, Cause: InternalError}, from, nil)
	}
	for _, cause := range given.Details.Causes {
		r, b, message := e.blame(cause.Message)
		e.deny(&Denial{Expression: NoExpression, Message: message, Reason: given.Reason, Cause: causeOf(r, message)}, r, b)
	}
}

func causeOf(r *rule, message string) Cause {
	switch {
	case strings.HasPrefix(message, "failed to configure "):
		return ConfigurationError
	case r.mutate().all&readsBroken != 0:
		return CompilationError
	default:
		return EvaluationError
	}
}

// blame finds the policy and the binding that an error names.
func (e *evaluation) blame(message string) (*rule, *binding, string) {
	for _, r := range e.view.mutating {
		if own, ok := strings.CutPrefix(message, refusal(r.ref, "")); ok {
			return r, nil, own
		}
		for _, b := range r.bindings {
			if own, ok := strings.CutPrefix(message, refusal(r.ref, b.ref.Name)); ok {
				return r, b, own
			}
		}
	}
	return &rule{policy: &policy{ref: Ref{Kind: MutatingPolicy}, mutate: func() *mutation { return &mutation{} }}}, nil, message
}
