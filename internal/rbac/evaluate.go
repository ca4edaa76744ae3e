package rbac

import (
	"slices"
	"strings"
)

// evaluated is a privilege that a permission set gives, before the cluster around it is asked.
type evaluated struct {
	privilege *Privilege
	// namespaces are sorted; none: the whole cluster.
	namespaces []string
	extent
	// effects are those that do not depend on the cluster, in order.
	effects []Effect
}

// evaluation judges one permission set. It is linear in the rules that name a resource of the registry.
type evaluation struct {
	entries    []entry
	lookup     *lookup
	clusterEnd int32
	scopes     []scope
}

func evaluate(entries []entry, l *lookup, registry []Privilege) []evaluated {
	v := evaluation{entries: entries, lookup: l}
	for int(v.clusterEnd) < len(entries) && entries[v.clusterEnd].namespace == "" {
		v.clusterEnd++
	}
	v.scopes = scopesOf(entries, l, v.clusterEnd, registry)
	var found []evaluated
	for i := range registry {
		found = append(found, v.privilege(&registry[i])...)
	}
	for i := range found {
		found[i].effects = sortEffects(found[i].fixedEffects())
	}
	return found
}

// privilege judges one privilege cluster-wide and in every namespace where that adds something.
func (v *evaluation) privilege(p *Privilege) []evaluated {
	cluster := v.needs(p, nil)
	var found []evaluated
	if cluster.holds() {
		found = append(found, evaluated{privilege: p, extent: cluster})
	}
	if cluster.all || p.clusterOnly() {
		return found
	}
	merged := map[string]int{}
	for i := range v.scopes {
		s := &v.scopes[i]
		local := v.needs(p, s)
		if !local.holds() || (cluster.holds() && !local.all && slices.Equal(local.names, cluster.names)) {
			continue
		}
		local.entries = s.everywhere(local.entries, v.clusterEnd)
		key := strings.Join(local.names, "\x00") + "\x01" + strings.Join(local.details, "\x00")
		if at, ok := merged[key]; ok {
			found[at].namespaces = append(found[at].namespaces, s.namespaces...)
			found[at].entries = append(found[at].entries, local.entries...)
			continue
		}
		merged[key] = len(found)
		found = append(found, evaluated{privilege: p, namespaces: slices.Clone(s.namespaces), extent: local})
	}
	for i := range found {
		slices.Sort(found[i].namespaces)
		found[i].close()
	}
	return found
}

// needs is the extent of a privilege in a scope, or cluster-wide where it is nil: of every need one way at least. What
// the whole cluster gives counts in a namespace too. Names of needs that are limited are put together.
func (v *evaluation) needs(p *Privilege, s *scope) extent {
	whole := extent{all: true}
	for _, need := range p.Needs {
		var part extent
		for i := range need {
			way := v.access(&need[i], s)
			part.all = part.all || way.all
			part.names = append(part.names, way.names...)
			part.details = append(part.details, way.details...)
			part.entries = append(part.entries, way.entries...)
		}
		if !part.holds() {
			return extent{}
		}
		if !whole.limit(&part, p.SameObject) {
			return extent{}
		}
		whole.details = append(whole.details, part.details...)
		whole.entries = append(whole.entries, part.entries...)
	}
	whole.close()
	return whole
}

func (v *evaluation) access(a *Access, s *scope) extent {
	c := collector{access: a}
	at := ""
	if s != nil {
		at = s.namespaces[0]
		if a.Namespace != "" && a.Namespace != at {
			return extent{}
		}
		if !a.ClusterScoped {
			from := s.starts[0]
			a.candidates(v.lookup, v.entries, from, from+s.length, func(e int32) { c.add(v.entries[e].rule, e, at) })
		}
	}
	a.candidates(v.lookup, v.entries, 0, v.clusterEnd, func(e int32) { c.add(v.entries[e].rule, e, at) })
	return c.result()
}
