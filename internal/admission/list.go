package admission

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Object is one of the objects that Policies holds, parameters excepted.
type Object struct {
	// Ref is the policy or the configuration. A binding has the kind of its policy, and the name of that policy here.
	Ref     Ref
	Binding string
	// Created and Changed are zero for an object from a manifest. See ChangedAt.
	Created, Changed metav1.Time
}

// Objects lists what is held, by kind and name.
func (x *Policies) Objects() []Object {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var all []Object
	for _, p := range x.policies {
		all = append(all, Object{Ref: p.ref, Created: p.created, Changed: p.changed})
	}
	for _, b := range x.bindings {
		all = append(all, Object{Ref: b.policy, Binding: b.ref.Name, Created: b.created, Changed: b.changed})
	}
	for _, c := range x.webhooks {
		all = append(all, Object{Ref: c.ref, Created: c.created, Changed: c.changed})
	}
	slices.SortFunc(all, func(a, b Object) int { return cmp.Or(compareRefs(a.Ref, b.Ref), cmp.Compare(a.Binding, b.Binding)) })
	return all
}

// Fault is something in a policy, a binding or a webhook that cannot be read: an expression that does not compile, a value
// that this version does not know.
type Fault struct {
	Policy           Ref
	Binding, Webhook string
	Message          string
}

// Faults lists what cannot be read of the policies about pods that are bound, and of the webhooks that are called for pods.
// It compiles those that no pod has needed yet.
func (x *Policies) Faults() []Fault {
	v := x.currentView()
	var all []Fault
	for _, r := range slices.Concat(v.mutating, v.validating) {
		compiled := r.compiledFaults()
		for _, message := range slices.Concat(r.faults, compiled) {
			all = append(all, Fault{Policy: r.ref, Message: message})
		}
		for _, b := range r.bindings {
			for _, message := range b.faults {
				all = append(all, Fault{Policy: r.ref, Binding: b.ref.Name, Message: message})
			}
		}
	}
	for _, w := range v.webhooks {
		if w.selectorFault != nil {
			all = append(all, Fault{Policy: w.ref, Webhook: w.name, Message: w.selectorFault.Error()})
		}
		if c := w.conditions(); c != nil {
			for _, message := range c.faults {
				all = append(all, Fault{Policy: w.ref, Webhook: w.name, Message: message})
			}
		}
	}
	return all
}

// compiledFaults are the expressions of a policy that do not compile.
func (r *rule) compiledFaults() []string {
	if r.ref.Kind == MutatingPolicy {
		return r.mutate().faults
	}
	return r.validate().faults
}
