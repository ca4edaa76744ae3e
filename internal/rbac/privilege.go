package rbac

import (
	"cmp"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Privilege is a power that RBAC gives: what it needs and what it leads to.
type Privilege struct {
	ID finding.CheckID
	// Catalogue are the rows of the catalogue of primitives that the privilege covers: R04, R31c.
	Catalogue []string
	// Title says in a few words what the holder may do.
	Title string
	// Why is the consequence in a sentence or two, Fix the change that takes the privilege away.
	Why, Fix string
	// Sources are where the facts come from.
	Sources string
	// Cluster is what the privilege leads to when it holds in the whole cluster, Namespace when it holds in some
	// namespaces, Named when it is limited to named objects and that makes a difference.
	Cluster, Namespace, Named []Effect
	// Depends says what else decides the effects, where ask looks at more than the permission set. Empty: nothing does.
	Depends string
	// PodSecurity: pods of the holder's choice come of it, so that it leads to nodes where Pod Security admits them.
	PodSecurity bool
	// Identities: every ServiceAccount of the scope can be taken, unless the privilege is limited to Named.
	Identities bool
	// Needs must all be met, each by one of its ways, by any bindings together.
	Needs [][]Access
	// SameObject: the needs are met only where they are about the same object, which matters for resourceNames.
	SameObject bool

	// ask adds the effects that depend on the rights as a whole or on the cluster around them.
	ask func(*Rights, *Environment, *Held)
}

// Effect is what a privilege leads to.
type Effect struct {
	Consequence finding.Consequence
	// Condition names the fact that decides it and that RBAC does not show. Empty: it is certain.
	Condition string
	// Namespaces are those in which it holds. Empty: wherever the privilege holds.
	Namespaces []string
}

// Held is a privilege that a subject has.
type Held struct {
	Privilege *Privilege
	// Namespaces are sorted. None: the whole cluster.
	Namespaces []string
	// ResourceNames limit it to named objects. None: no limit.
	ResourceNames []string
	// Details say by what, for privileges with several ways, such as custom resources.
	Details []string
	// Effects are sorted worst first, certain before conditional; none where the privilege gives nothing in this cluster.
	Effects []Effect
	// Grants are those that give it. Without them it is gone.
	Grants []Grant
	// Implied: the subject may do everything in the same scope, so that this adds nothing to RBACClusterAdmin.
	Implied bool
}

// Cluster tells whether the privilege holds in the whole cluster.
func (h *Held) Cluster() bool { return len(h.Namespaces) == 0 }

func (h *Held) add(effects ...Effect) { h.Effects = append(slices.Clip(h.Effects), effects...) }

// anyOf puts together the ways in which one need of a privilege can be met.
func anyOf(ways ...Access) []Access { return ways }

// clusterOnly tells whether a RoleBinding can add nothing to the privilege.
func (p *Privilege) clusterOnly() bool {
	for _, need := range p.Needs {
		for i := range need {
			if !need[i].ClusterScoped && need[i].Path == "" {
				return false
			}
		}
	}
	return true
}

// Privileges lists what the rights lead to, in the order of the registry; within a privilege the whole cluster first.
// What follows from the permission set alone is computed once per set. The lists may be shared: they are only to be read.
func (r *Rights) Privileges(env *Environment) []Held {
	found := r.set.privileges()
	held := make([]Held, len(found))
	var all []*Held
	var grants []Grant
	for i := range found {
		e := &found[i]
		if i == 0 || !slices.Equal(e.entries, found[i-1].entries) {
			grants = r.grantsOf(e.entries)
		}
		h := &held[i]
		*h = Held{
			Privilege: e.privilege, Namespaces: e.namespaces, ResourceNames: e.names, Details: e.details,
			Effects: e.effects, Grants: grants,
		}
		env.refine(r, h)
		if e.privilege.ID == everythingID && len(e.names) == 0 {
			all = append(all, h)
		}
		h.Implied = e.privilege.ID != everythingID && implied(h, all)
	}
	return held
}

// fixedEffects are those that do not depend on the cluster.
func (e *evaluated) fixedEffects() []Effect {
	switch {
	case e.limited():
		return e.privilege.Named
	case len(e.namespaces) > 0:
		return e.privilege.Namespace
	default:
		return e.privilege.Cluster
	}
}

func (e *evaluated) limited() bool { return len(e.names) > 0 && e.privilege.Named != nil }

func (e *Environment) refine(r *Rights, h *Held) {
	p := h.Privilege
	if !p.PodSecurity && !p.Identities && p.ask == nil {
		return
	}
	limited := len(h.ResourceNames) > 0 && p.Named != nil
	if p.PodSecurity && !limited {
		e.withNode(r, h)
	}
	if p.Identities && !limited {
		e.withIdentities(h, "")
	}
	if p.ask != nil {
		p.ask(r, e, h)
	}
	h.Effects = sortEffects(h.Effects)
}

// sortEffects puts effects in order and leaves out those that an earlier one says better. The list itself is not
// changed: those of the registry are shared.
func sortEffects(effects []Effect) []Effect {
	if len(effects) < 2 {
		return effects
	}
	sorted := slices.Clone(effects)
	slices.SortStableFunc(sorted, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(b.tier(), a.tier()), cmp.Compare(a.Condition, b.Condition))
	})
	kept := sorted[:0]
	for _, e := range sorted {
		said := func(other Effect) bool { return other.Consequence == e.Consequence && len(other.Namespaces) == 0 }
		if !slices.ContainsFunc(kept, said) {
			kept = append(kept, e)
		}
	}
	return kept
}

// tier is that of the consequence, one lower where a condition decides it.
func (e *Effect) tier() finding.Tier {
	f := finding.Finding{Consequence: e.Consequence, Condition: e.Condition}
	return f.Tier()
}

// implied tells whether the subject may do everything wherever it holds the privilege.
func implied(h *Held, all []*Held) bool {
	return slices.ContainsFunc(all, func(whole *Held) bool {
		if whole.Cluster() || h.Cluster() {
			return whole.Cluster()
		}
		return !slices.ContainsFunc(h.Namespaces, func(n string) bool {
			_, is := slices.BinarySearch(whole.Namespaces, n) // They are sorted.
			return !is
		})
	})
}
