package rbac

import (
	"cmp"
	"slices"
)

// scope is a group of namespaces in which a permission set has the same rules, so that they are judged once.
type scope struct {
	// namespaces are sorted; the first stands for all.
	namespaces []string
	// starts are the first entries of each; all have the same length.
	starts []int32
	length int32
}

// scopesOf groups the namespaces of the entries. The entries before clusterEnd are those for the whole cluster.
// Namespaces that a privilege or a rule on namespaces names stay alone: there the name decides.
func scopesOf(entries []entry, l *lookup, clusterEnd int32, registry []Privilege) []scope {
	alone := namedNamespaces(entries, l, registry)
	groups := map[string]int{}
	var scopes []scope
	for from := clusterEnd; from < int32(len(entries)); {
		namespace := entries[from].namespace
		var key []byte
		to := from
		for ; to < int32(len(entries)) && entries[to].namespace == namespace; to++ {
			key = append(key, entries[to].rule.id[:]...)
		}
		if _, ok := alone[namespace]; ok {
			key = append(key, namespace...)
			delete(alone, namespace)
		}
		if at, ok := groups[string(key)]; ok {
			scopes[at].namespaces = append(scopes[at].namespaces, namespace)
			scopes[at].starts = append(scopes[at].starts, from)
		} else {
			groups[string(key)] = len(scopes)
			scopes = append(scopes, scope{[]string{namespace}, []int32{from}, to - from})
		}
		from = to
	}
	// What is left has rules for the whole cluster only, that name the namespace.
	for namespace, byRule := range alone {
		if byRule {
			scopes = append(scopes, scope{[]string{namespace}, []int32{clusterEnd}, 0})
		}
	}
	slices.SortFunc(scopes, func(a, b scope) int { return cmp.Compare(a.namespaces[0], b.namespaces[0]) })
	return scopes
}

// namedNamespaces are the namespaces that have to be judged alone; true for those that a rule on namespaces names.
func namedNamespaces(entries []entry, l *lookup, registry []Privilege) map[string]bool {
	alone := map[string]bool{}
	for i := range registry {
		for _, need := range registry[i].Needs {
			for j := range need {
				if need[j].Namespace != "" {
					alone[need[j].Namespace] = false
				}
			}
		}
	}
	for _, resource := range ruleResources("namespaces", "") {
		for _, e := range l.of(resource) {
			if rule := entries[e.entry].rule; matches(rule.APIGroups, "") {
				for _, name := range rule.ResourceNames {
					alone[name] = name != ""
				}
			}
		}
	}
	return alone
}

// everywhere turns the entries that hold in the first namespace of the scope into those of all its namespaces.
func (s *scope) everywhere(entries []int32, clusterEnd int32) []int32 {
	var all []int32
	for _, e := range entries {
		if e < clusterEnd {
			all = append(all, e)
			continue
		}
		for _, start := range s.starts {
			all = append(all, start+e-s.starts[0])
		}
	}
	slices.Sort(all)
	return all
}
