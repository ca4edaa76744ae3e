package admission

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

func (x *Policies) upsertPolicy(fresh *policy) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.policies[fresh.ref]
	if old != nil && sameSpec(old.spec, fresh.spec) {
		// What is compiled is kept; the time may have changed.
		kept := *old
		kept.created, kept.changed = fresh.created, fresh.changed
		x.setPolicyLocked(fresh.ref, &kept)
		return Scope{}
	}
	scope := x.scopeLocked(old)
	x.setPolicyLocked(fresh.ref, fresh)
	return scope.Union(x.scopeLocked(fresh))
}

// setPolicyLocked puts a policy, or nothing, in the place of the one of that name.
func (x *Policies) setPolicyLocked(ref Ref, fresh *policy) {
	x.view = nil
	if old := x.policies[ref]; old != nil {
		delete(x.policies, ref)
		if old.param != nil {
			remove(x.byParam, *old.param, ref)
		}
	}
	if fresh == nil {
		return
	}
	x.policies[ref] = fresh
	if fresh.param != nil {
		add(x.byParam, *fresh.param, ref, fresh)
	}
}

func (x *Policies) upsertBinding(fresh *binding) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.bindings[fresh.ref]
	if old != nil && sameSpec(old.spec, fresh.spec) {
		x.setBindingLocked(old, fresh)
		return Scope{}
	}
	var scope Scope
	if old != nil {
		scope = x.bindingScopeLocked(old)
	}
	x.setBindingLocked(old, fresh)
	return scope.Union(x.bindingScopeLocked(fresh))
}

func (x *Policies) setBindingLocked(old, fresh *binding) {
	x.view = nil
	if old != nil {
		delete(x.bindings, old.ref)
		remove(x.byPolicy, old.policy, old.ref)
	}
	if fresh != nil {
		x.bindings[fresh.ref] = fresh
		add(x.byPolicy, fresh.policy, fresh.ref, fresh)
	}
}

func (x *Policies) upsertWebhooks(fresh *configuration) Scope {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.webhooks[fresh.ref]
	x.webhooks[fresh.ref] = fresh
	x.view = nil
	if old != nil && sameSpec(old.spec, fresh.spec) {
		fresh.keep(old)
		return Scope{}
	}
	return old.scope().Union(fresh.scope())
}

// statusLocked is what is known about a kind.
func (x *Policies) statusLocked(kind schema.GroupVersionKind) ParamStatus {
	if kind == secretKind {
		return ParamStatus{ParamsNeverRead, true}
	}
	if status, ok := x.kinds[kind]; ok {
		return status
	}
	return ParamStatus{State: ParamsNotSynced}
}

// scopeLocked is where a policy is enforced by one of its bindings.
func (x *Policies) scopeLocked(p *policy) Scope {
	var scope Scope
	if p != nil {
		for _, b := range x.byPolicy[p.ref] {
			scope.areas = append(scope.areas, x.areaLocked(p, b)...)
		}
	}
	return scope
}

// bindingScopeLocked is where a binding enforces its policy.
func (x *Policies) bindingScopeLocked(b *binding) Scope {
	p := x.policies[b.policy]
	if p == nil {
		return Scope{}
	}
	return Scope{x.areaLocked(p, b)}
}

// areaLocked is where a binding enforces a policy: nowhere or in one area.
func (x *Policies) areaLocked(p *policy, b *binding) []area {
	switch {
	case !p.target.pods:
		return nil
	case p.misconfigured(), !x.knownLocked(p):
		// Any binding turns the policy on for everything that it is about.
		return []area{{policy: p.target.namespaces}}
	case !b.target.pods:
		return nil
	}
	return []area{{policy: p.target.namespaces, binding: b.target.namespaces}}
}

// knownLocked tells whether the kind of parameters of a policy, where it has one, is known to exist.
func (x *Policies) knownLocked(p *policy) bool {
	if p.param == nil {
		return true
	}
	switch x.statusLocked(*p.param).State {
	case ParamsMissing, ParamsNotSynced, ParamsUnreachable:
		return false
	default:
		return true
	}
}

// kindScopeLocked is where policies with that kind of parameters are enforced.
func (x *Policies) kindScopeLocked(kind schema.GroupVersionKind) Scope {
	var scope Scope
	for _, p := range x.byParam[kind] {
		scope = scope.Union(x.scopeLocked(p))
	}
	return scope
}

// paramScopeLocked is where a parameter is used.
func (x *Policies) paramScopeLocked(kind schema.GroupVersionKind, of *param) Scope {
	var scope Scope
	if of == nil {
		return scope
	}
	for ref, p := range x.byParam[kind] {
		for _, b := range x.byPolicy[ref] {
			if !b.selects(of) {
				continue
			}
			for _, a := range x.areaLocked(p, b) {
				if b.accessor.GetParamRef().Namespace == "" {
					// A binding takes a namespaced parameter from the namespace of the pod.
					a.name = of.key.Namespace
				}
				scope.areas = append(scope.areas, a)
			}
		}
	}
	return scope
}

// ParamKinds lists the kinds of parameters that policies about pods use through a binding, by group, version and kind. The
// caller watches each and says how that went by SetParamKind. Secrets are not among them.
func (x *Policies) ParamKinds() []ParamKind {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var kinds []ParamKind
	for kind, policies := range x.byParam {
		if kind == secretKind {
			continue
		}
		refs := map[ParamRef]struct{}{}
		bound := false
		for ref, p := range policies {
			for _, b := range x.byPolicy[ref] {
				// Whether the kind exists matters even where the binding is not about pods.
				bound = bound || p.target.pods
				if r := refOf(b); r != nil && p.target.pods && b.target.pods {
					refs[*r] = struct{}{}
				}
			}
		}
		if bound {
			kinds = append(kinds, ParamKind{kind, slices.SortedFunc(maps.Keys(refs), compareParamRefs)})
		}
	}
	slices.SortFunc(kinds, compareParamKinds)
	return kinds
}

func add[K comparable, V any](index map[K]map[Ref]V, key K, ref Ref, value V) {
	if index[key] == nil {
		index[key] = map[Ref]V{}
	}
	index[key][ref] = value
}

func remove[K comparable, V any](index map[K]map[Ref]V, key K, ref Ref) {
	delete(index[key], ref)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}
