package admission

import (
	"fmt"
	"slices"
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
)

// policy is a validating or a mutating policy, read once. It does not change, except that it is compiled when it is first
// needed: policies about other resources never are.
type policy struct {
	ref      Ref
	accessor generic.PolicyAccessor
	target   target
	// param is nil without a kind of parameters.
	param *schema.GroupVersionKind
	// faults are values that this version does not know, and what makes the API server leave the policy out.
	faults   []string
	ignores  bool
	changed  metav1.Time
	created  metav1.Time
	spec     any
	validate func() *validation // of a validating policy
	mutate   func() *mutation   // of a mutating policy

	validating *admissionregistrationv1.ValidatingAdmissionPolicy
	mutating   *admissionregistrationv1.MutatingAdmissionPolicy
}

func newValidatingPolicy(given *admissionregistrationv1.ValidatingAdmissionPolicy, c *compiler) *policy {
	object := given.DeepCopy()
	defaultValidatingPolicy(object)
	p := &policy{
		ref: Ref{ValidatingPolicy, object.Name}, accessor: validating.NewValidatingAdmissionPolicyAccessor(object),
		spec: &object.Spec, validating: object,
	}
	p.validate = sync.OnceValue(func() *validation { return c.validation(object) })
	p.read(&object.ObjectMeta)
	return p
}

func newMutatingPolicy(given *admissionregistrationv1.MutatingAdmissionPolicy, c *compiler) *policy {
	object := given.DeepCopy()
	defaultMutatingPolicy(object)
	p := &policy{
		ref: Ref{MutatingPolicy, object.Name}, accessor: mutating.NewMutatingAdmissionPolicyAccessor(object),
		spec: &object.Spec, mutating: object,
	}
	p.mutate = sync.OnceValue(func() *mutation { return c.mutation(object) })
	p.faults = mutationFaults(&object.Spec)
	p.read(&object.ObjectMeta)
	return p
}

// read takes in what both kinds have.
func (p *policy) read(meta *metav1.ObjectMeta) {
	failure := p.accessor.GetFailurePolicy()
	constraints := p.accessor.GetMatchConstraints()
	p.target = newTarget(constraints)
	p.ignores = *failure == admissionregistrationv1.Ignore
	p.created, p.changed = meta.CreationTimestamp, ChangedAt(meta)
	p.faults = append(p.faults, unknownValue("failurePolicy", *failure, admissionregistrationv1.Fail, admissionregistrationv1.Ignore)...)
	p.faults = append(p.faults, matchFaults("matchConstraints", constraints)...)
	if kind := p.accessor.GetParamKind(); kind != nil {
		version, err := schema.ParseGroupVersion(kind.APIVersion)
		if err != nil {
			// The API server leaves such a policy out.
			p.faults = append(p.faults, fmt.Sprintf("spec.paramKind.apiVersion: %v", err))
		}
		p.param = &schema.GroupVersionKind{Group: version.Group, Version: version.Version, Kind: kind.Kind}
	}
	if len(p.faults) > 0 {
		// What the unknown value would match is not known either.
		p.target.pods = true
	}
}

// misconfigured tells whether the API server finds an error in the policy itself, before it looks at the bindings.
func (p *policy) misconfigured() bool { return p.target.namespaces == nil || p.target.objects == nil }

// binding is a binding of either kind, read once.
type binding struct {
	// ref has the kind of the policy and the name of the binding.
	ref      Ref
	policy   Ref
	accessor generic.BindingAccessor
	target   target
	faults   []string
	actions  []admissionregistrationv1.ValidationAction
	params   labels.Selector // nil without a selector of parameters
	changed  metav1.Time
	created  metav1.Time
	spec     any

	validating *admissionregistrationv1.ValidatingAdmissionPolicyBinding
	mutating   *admissionregistrationv1.MutatingAdmissionPolicyBinding
}

func newValidatingBinding(given *admissionregistrationv1.ValidatingAdmissionPolicyBinding) *binding {
	object := given.DeepCopy()
	defaultMatch(object.Spec.MatchResources)
	b := &binding{
		ref: Ref{ValidatingPolicy, object.Name}, accessor: validating.NewValidatingAdmissionPolicyBindingAccessor(object),
		spec: &object.Spec, validating: object,
	}
	b.actions = slices.Sorted(slices.Values(object.Spec.ValidationActions))
	for _, action := range b.actions {
		b.faults = append(b.faults, unknownValue("validationActions", action,
			admissionregistrationv1.Deny, admissionregistrationv1.Warn, admissionregistrationv1.Audit)...)
	}
	b.read(&object.ObjectMeta)
	return b
}

func newMutatingBinding(given *admissionregistrationv1.MutatingAdmissionPolicyBinding) *binding {
	object := given.DeepCopy()
	defaultMatch(object.Spec.MatchResources)
	b := &binding{
		ref: Ref{MutatingPolicy, object.Name}, accessor: mutating.NewMutatingAdmissionPolicyBindingAccessor(object),
		spec: &object.Spec, mutating: object, actions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}
	b.read(&object.ObjectMeta)
	return b
}

// read takes in what both kinds have.
func (b *binding) read(meta *metav1.ObjectMeta) {
	b.policy = Ref{b.ref.Kind, b.accessor.GetPolicyName().Name}
	b.created, b.changed = meta.CreationTimestamp, ChangedAt(meta)
	b.target = everything()
	if m := b.accessor.GetMatchResources(); m != nil {
		b.target = newTarget(m)
		b.faults = append(b.faults, matchFaults("matchResources", m)...)
	}
	if ref := b.accessor.GetParamRef(); ref != nil {
		if action := ref.ParameterNotFoundAction; action != nil {
			b.faults = append(b.faults, unknownValue("paramRef.parameterNotFoundAction", *action,
				admissionregistrationv1.AllowAction, admissionregistrationv1.DenyAction)...)
		}
		if ref.Selector != nil {
			b.params = selector(ref.Selector)
		}
	}
	if len(b.faults) > 0 {
		b.target.pods = true
	}
}

// enforces tells whether a failure refuses the pod.
func (b *binding) enforces() bool { return slices.Contains(b.actions, admissionregistrationv1.Deny) }

// selects tells whether the binding may use an object of its kind of parameters.
func (b *binding) selects(o *param) bool {
	ref := b.accessor.GetParamRef()
	switch {
	case ref == nil:
		return false
	case ref.Namespace != "" && ref.Namespace != o.key.Namespace:
		return false
	case ref.Name != "":
		return ref.Name == o.key.Name
	default:
		return b.params != nil && b.params.Matches(o.labels)
	}
}

func sameSpec(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

func later(a, b metav1.Time) metav1.Time {
	if a.Before(&b) {
		return b
	}
	return a
}
