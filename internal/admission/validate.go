package admission

import (
	"context"
	"errors"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// validate asks the validating policies about the pod as it is now.
func (e *evaluation) validate(ctx context.Context) {
	if len(e.view.validating) == 0 {
		return
	}
	request := e.attributes()
	dispatcher := validating.NewDispatcher(e.authorizer, e.matches)
	for _, r := range e.view.validating {
		if r.target.mayMatch(e.labels) {
			e.validateRule(ctx, r, request, dispatcher)
		}
	}
}

// validateRule gives the API server's dispatcher one binding at a time: of several denials it would only tell the first.
func (e *evaluation) validateRule(
	ctx context.Context, r *rule, request admission.Attributes, dispatcher generic.Dispatcher[validating.PolicyHook],
) {
	for _, b := range r.bindings {
		if !e.applies(r, b) {
			continue
		}
		e.faults(r, b)
		if reason := r.unreadable(b); reason != "" {
			e.unreadable(ctx, r, b, reason, request)
			continue
		}
		rec := &recorder{evaluation: e, rule: r, binding: b, compiled: r.validate(), missing: e.missingFor(r)}
		hook := validating.PolicyHook{
			Policy: r.validating, Bindings: []*admissionregistrationv1.ValidatingAdmissionPolicyBinding{b.validating}, Evaluator: rec,
			ConfigurationError: r.configuration(),
		}
		if r.param != nil && hook.ConfigurationError == nil {
			rec.params = &paramReader{policies: e.policies, kind: *r.param}
			hook.ParamInformer, hook.ParamScope = rec.params, restScope(r.params.Namespaced)
		}
		// The recorder lets everything pass: an error is one of configuration.
		if err := dispatcher.Dispatch(ctx, request, e.policies.compiler.types.objects, []validating.PolicyHook{hook}); err != nil {
			if ofPolicy := e.misconfigured(r, b, err); ofPolicy {
				return
			}
		}
	}
}

// applies leaves out a binding that is not about the namespace. Where the policy itself is misconfigured, its bindings are
// not looked at.
func (e *evaluation) applies(r *rule, b *binding) bool {
	return r.misconfigured() || r.configuration() != nil || r.params.State == ParamsNotSynced || b.target.mayMatch(e.labels)
}

// misconfigured records an error of the configuration, and tells whether it is the policy's own rather than the binding's.
func (e *evaluation) misconfigured(r *rule, b *binding, err error) bool {
	message := err.Error()
	status, ok := errors.AsType[*apierrors.StatusError](err)
	if ok && status.ErrStatus.Details != nil && len(status.ErrStatus.Details.Causes) > 0 {
		causes := status.ErrStatus.Details.Causes
		message = causes[len(causes)-1].Message
	}
	if own, ok := strings.CutPrefix(message, refusal(r.ref, "")); ok {
		e.deny(&Denial{Expression: NoExpression, Message: own, Cause: ConfigurationError}, r, nil)
		return true
	}
	message = strings.TrimPrefix(message, refusal(r.ref, b.ref.Name))
	e.deny(&Denial{Expression: NoExpression, Message: message, Cause: ConfigurationError}, r, b)
	return false
}

// unreadable records a gap for a binding of which the parameters cannot be read, unless it certainly is not about the pod.
func (e *evaluation) unreadable(ctx context.Context, r *rule, b *binding, reason Reason, request admission.Attributes) {
	if reason == ParamNotSynced {
		b = nil
	}
	if e.mayApply(ctx, r, b, request, e.missingFor(r)|readsParams) {
		e.gap(r, b, reason)
	}
}

// mayApply tells whether a policy can apply to the pod, as far as selectors and match conditions say. Without a binding,
// only the policy's own selectors are asked.
func (e *evaluation) mayApply(ctx context.Context, r *rule, b *binding, request admission.Attributes, missing reads) bool {
	objects := e.policies.compiler.types.objects
	matches, _, kind, err := e.matches.DefinitionMatches(request, objects, r.accessor)
	if err != nil || !matches || b == nil {
		return err != nil || matches
	}
	if matches, err = e.matches.BindingMatches(request, objects, b.accessor); err != nil || !matches {
		return err != nil
	}
	versioned, err := admission.NewVersionedAttributes(request, kind, objects)
	if err != nil {
		return true
	}
	return !r.conditions().match(ctx, versioned, nil, e.authorizer, missing).excluded
}

// conditions are those of a policy of either kind.
func (r *rule) conditions() *conditions {
	if r.ref.Kind == MutatingPolicy {
		return r.mutate().conditions
	}
	return r.validate().conditions
}

// recorder stands where the API server's dispatcher expects the compiled policy. It evaluates that, keeps what it decides,
// and lets everything pass.
type recorder struct {
	*evaluation

	rule     *rule
	binding  *binding
	compiled *validation
	missing  reads
	params   *paramReader
	calls    int
}

var _ validating.Validator = (*recorder)(nil)

// CompileError is not asked by the dispatcher.
func (*recorder) CompileError() error { return nil }

// Validate evaluates the policy with one parameter.
func (r *recorder) Validate(
	ctx context.Context, resource schema.GroupVersionResource, request *admission.VersionedAttributes, params runtime.Object,
	namespace *corev1.Namespace, budget int64, asked authorizer.UnconditionalAuthorizer,
) validating.ValidateResult {
	with := r.param()
	match := r.compiled.conditions.match(ctx, request, params, asked, r.missing)
	switch {
	case match.excluded:
	case match.err != nil:
		r.deny(&Denial{
			Param: with.key, Changed: with.changed, Expression: NoExpression, Message: match.err.Error(),
			Cause: r.cause(r.compiled.conditions.all), Actions: r.binding.actions,
		}, r.rule, r.binding)
	default:
		decided := r.compiled.validator.Validate(ctx, resource, request, params, namespace, budget, asked)
		r.record(&decided, with, match.missing)
	}
	return validating.ValidateResult{}
}

// param is the parameter of this call.
func (r *recorder) param() *param {
	r.calls++
	if r.params == nil || r.calls > len(r.params.handed) {
		return &param{}
	}
	return r.params.handed[r.calls-1]
}

// cause of an error in an expression.
func (*recorder) cause(of reads) Cause {
	if of&readsBroken != 0 {
		return CompilationError
	}
	return EvaluationError
}
