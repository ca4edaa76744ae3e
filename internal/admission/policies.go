package admission

import (
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Policies holds what decides about the admission of pods in a cluster. The objects given to it are only read. It is safe
// for concurrent use. A policy is compiled once, when the first pod that it is about is evaluated.
type Policies struct {
	mu       sync.RWMutex
	compiler *compiler
	policies map[Ref]*policy
	// bindings are by the kind of their policy and their own name.
	bindings map[Ref]*binding
	byPolicy map[Ref]map[Ref]*binding
	webhooks map[Ref]*configuration
	byParam  map[schema.GroupVersionKind]map[Ref]*policy
	kinds    map[schema.GroupVersionKind]ParamStatus
	params   map[schema.GroupVersionKind]paramStore
	view     *view // nil after a change
}

// New returns a Policies that holds nothing, and would admit every pod.
func New() *Policies {
	return &Policies{
		compiler: newCompiler(),
		policies: map[Ref]*policy{}, bindings: map[Ref]*binding{}, byPolicy: map[Ref]map[Ref]*binding{},
		webhooks: map[Ref]*configuration{}, byParam: map[schema.GroupVersionKind]map[Ref]*policy{},
		kinds: map[schema.GroupVersionKind]ParamStatus{}, params: map[schema.GroupVersionKind]paramStore{},
	}
}

// UpsertValidatingPolicy puts the policy in the place of the one of the same name.
func (x *Policies) UpsertValidatingPolicy(p *admissionregistrationv1.ValidatingAdmissionPolicy) Scope {
	return x.upsertPolicy(newValidatingPolicy(p, x.compiler))
}

// UpsertMutatingPolicy puts the policy in the place of the one of the same name.
func (x *Policies) UpsertMutatingPolicy(p *admissionregistrationv1.MutatingAdmissionPolicy) Scope {
	return x.upsertPolicy(newMutatingPolicy(p, x.compiler))
}

// UpsertValidatingBinding puts the binding in the place of the one of the same name.
func (x *Policies) UpsertValidatingBinding(b *admissionregistrationv1.ValidatingAdmissionPolicyBinding) Scope {
	return x.upsertBinding(newValidatingBinding(b))
}

// UpsertMutatingBinding puts the binding in the place of the one of the same name.
func (x *Policies) UpsertMutatingBinding(b *admissionregistrationv1.MutatingAdmissionPolicyBinding) Scope {
	return x.upsertBinding(newMutatingBinding(b))
}

// UpsertValidatingWebhooks puts the configuration in the place of the one of the same name.
func (x *Policies) UpsertValidatingWebhooks(c *admissionregistrationv1.ValidatingWebhookConfiguration) Scope {
	return x.upsertWebhooks(newValidatingConfiguration(c, x.compiler))
}

// UpsertMutatingWebhooks puts the configuration in the place of the one of the same name.
func (x *Policies) UpsertMutatingWebhooks(c *admissionregistrationv1.MutatingWebhookConfiguration) Scope {
	return x.upsertWebhooks(newMutatingConfiguration(c, x.compiler))
}

// DeletePolicy forgets a policy. Its bindings stay, and do nothing.
func (x *Policies) DeletePolicy(ref Ref) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	scope := x.scopeLocked(x.policies[ref])
	x.setPolicyLocked(ref, nil)
	return scope
}

// DeleteBinding forgets a binding. The kind is that of its policy.
func (x *Policies) DeleteBinding(kind Kind, name string) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.bindings[Ref{kind, name}]
	if old == nil {
		return Scope{}
	}
	x.setBindingLocked(old, nil)
	return x.bindingScopeLocked(old)
}

// DeleteWebhooks forgets a configuration of webhooks.
func (x *Policies) DeleteWebhooks(ref Ref) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	scope := x.webhooks[ref].scope()
	delete(x.webhooks, ref)
	x.view = nil
	return scope
}

// UpsertParam puts an object, typed or unstructured, in the place of the parameter of the same name. It fails where the
// object is not of that kind, and for a Secret. Nothing goes by it before SetParamKind says that the kind is read.
func (x *Policies) UpsertParam(kind schema.GroupVersionKind, object runtime.Object) (Scope, error) {
	fresh, err := newParam(kind, object)
	if err != nil {
		return Scope{}, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.params[kind] == nil {
		x.params[kind] = paramStore{}
	}
	old := x.params[kind].get(fresh.key)
	x.params[kind].set(fresh)
	if old != nil && old.same(fresh) {
		return Scope{}, nil
	}
	return x.paramScopeLocked(kind, old).Union(x.paramScopeLocked(kind, fresh)), nil
}

// DeleteParam forgets a parameter.
func (x *Policies) DeleteParam(kind schema.GroupVersionKind, namespace, name string) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := types.NamespacedName{Namespace: namespace, Name: name}
	old := x.params[kind].get(key)
	if old == nil {
		return Scope{}
	}
	x.params[kind].remove(key)
	return x.paramScopeLocked(kind, old)
}

// SetParamKind says what is known about a kind of parameters. Secrets stay NeverRead.
func (x *Policies) SetParamKind(kind schema.GroupVersionKind, status ParamStatus) Scope {
	if kind == secretKind {
		return Scope{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.statusLocked(kind) == status {
		return Scope{}
	}
	scope := x.kindScopeLocked(kind)
	x.kinds[kind] = status
	x.view = nil
	return scope.Union(x.kindScopeLocked(kind))
}

// ForgetParamKind forgets the objects of a kind of parameters and what was said of it: nobody follows it any more.
func (x *Policies) ForgetParamKind(kind schema.GroupVersionKind) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	scope := x.kindScopeLocked(kind)
	delete(x.kinds, kind)
	delete(x.params, kind)
	x.view = nil
	return scope.Union(x.kindScopeLocked(kind))
}
