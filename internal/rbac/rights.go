package rbac

import (
	"cmp"
	"slices"
)

// Grant is one rule that a subject holds, and how it came by it.
type Grant struct {
	// Subject is who the binding names: the ServiceAccount itself or one of its groups.
	Subject Subject
	// Binding decides the scope: the whole cluster, or the namespace of a RoleBinding.
	Binding BindingRef
	Role    RoleRef
	// RuleIndex is the position of the rule in the role, from 0.
	RuleIndex int
	Rule      *Rule
}

// Latent is a binding to a role that does not exist: it gives nothing now, and all of the role to whoever creates it.
type Latent struct {
	Subject Subject
	Binding BindingRef
	Role    RoleRef
}

// Rights is what one subject may do, as of the moment it was resolved. It is immutable and safe for concurrent use.
// Keep it as long as the subject is of interest: the permission set, and what is computed of it, live as long as one
// of the Rights that share it.
type Rights struct {
	Subject Subject
	// Latent are sorted by binding.
	Latent []Latent

	bounds []bound
	grants []grant
	set    *PermissionSet
	sets   *setInterner
}

// bound is a binding that reaches the subject, and its role.
type bound struct {
	subject Subject
	binding *binding
	role    *role
}

// grant refers to an entry of the permission set, a bound and a rule of its role. Grants are sorted in that order.
type grant struct{ entry, bound, rule int32 }

// Resolve returns the rights of a ServiceAccount, those of its groups included. Other subjects have the rights that
// bindings give to them by name; the anonymous user those of system:unauthenticated too.
func (x *Index) Resolve(subject Subject) Rights {
	rights := Rights{Subject: subject, sets: &x.sets}
	x.mu.RLock()
	for _, identity := range subject.identities() {
		for _, b := range x.bySubject[identity] {
			if !b.validRole {
				continue
			}
			if r, ok := x.roles[b.role]; ok {
				rights.bounds = append(rights.bounds, bound{identity, b, r})
			} else {
				rights.Latent = append(rights.Latent, Latent{identity, b.ref, b.role})
			}
		}
	}
	x.mu.RUnlock()
	slices.SortStableFunc(rights.bounds, func(a, b bound) int { return compareBindings(a.binding, b.binding) })
	slices.SortStableFunc(rights.Latent, func(a, b Latent) int {
		return cmp.Or(cmp.Compare(a.Binding.Namespace, b.Binding.Namespace), cmp.Compare(a.Binding.Name, b.Binding.Name))
	})
	entries := rights.fillGrants()
	rights.set = x.sets.intern(entries)
	return rights
}

// fillGrants lists the grants and returns the entries of the permission set that they amount to. A rule that can match
// nothing is no grant.
func (r *Rights) fillGrants() []entry {
	var all []entry
	for i := range r.bounds {
		for j, rule := range r.bounds[i].role.rules {
			if !rule.Inert() {
				r.grants = append(r.grants, grant{int32(len(all)), int32(i), int32(j)})
				all = append(all, entry{r.bounds[i].binding.ref.Namespace, rule})
			}
		}
	}
	slices.SortFunc(r.grants, func(a, b grant) int {
		return cmp.Or(compareEntries(all[a.entry], all[b.entry]), cmp.Compare(a.bound, b.bound), cmp.Compare(a.rule, b.rule))
	})
	entries := make([]entry, 0, len(all))
	for i := range r.grants {
		e := all[r.grants[i].entry]
		if len(entries) == 0 || entries[len(entries)-1] != e {
			entries = append(entries, e)
		}
		r.grants[i].entry = int32(len(entries) - 1)
	}
	return entries
}

// Set is the permission set: equal for all subjects with the same rights.
func (r *Rights) Set() *PermissionSet { return r.set }

// Grants lists every grant, by binding and rule. A subject that a binding reaches twice, by name and by group, has the
// grant twice.
func (r *Rights) Grants() []Grant {
	return r.expand(slices.Clone(r.grants))
}

// grantsOf are the grants behind some entries of the set. The entries are sorted and distinct.
func (r *Rights) grantsOf(entries []int32) []Grant {
	var found []grant
	for _, e := range entries {
		at, _ := slices.BinarySearchFunc(r.grants, e, func(g grant, e int32) int { return cmp.Compare(g.entry, e) })
		for ; at < len(r.grants) && r.grants[at].entry == e; at++ {
			found = append(found, r.grants[at])
		}
	}
	return r.expand(found)
}

func (r *Rights) expand(grants []grant) []Grant {
	slices.SortFunc(grants, func(a, b grant) int { return cmp.Or(cmp.Compare(a.bound, b.bound), cmp.Compare(a.rule, b.rule)) })
	expanded := make([]Grant, len(grants))
	for i, g := range grants {
		b := &r.bounds[g.bound]
		expanded[i] = Grant{b.subject, b.binding.ref, b.binding.role, int(g.rule), b.role.rules[g.rule]}
	}
	return expanded
}

// Personal tells whether a binding names the subject itself, or the ServiceAccounts of its namespace. Without one it may do
// what every ServiceAccount may.
func (r *Rights) Personal() bool {
	for i := range r.bounds {
		if s := r.bounds[i].subject; s == r.Subject || s == Group(GroupServiceAccounts+":"+r.Subject.Namespace) {
			return true
		}
	}
	return false
}

// Without is what the subject could do if a binding were gone.
func (r *Rights) Without(ref BindingRef) *Rights {
	rest := &Rights{Subject: r.Subject, Latent: r.Latent, sets: r.sets}
	for i := range r.bounds {
		if r.bounds[i].binding.ref != ref {
			rest.bounds = append(rest.bounds, r.bounds[i])
		}
	}
	rest.set = r.sets.intern(rest.fillGrants())
	return rest
}
