package rbac

import "slices"

// extent is how far an access, or a whole privilege, goes in one scope: all objects, or those with some names.
type extent struct {
	all     bool
	names   []string
	details []string
	// entries are those that give it, sorted and distinct once it is closed.
	entries []int32
}

func (x *extent) holds() bool { return x.all || len(x.names) > 0 }

// limit narrows the extent to what another need leaves of it: to the names of both, or to those that both have. It tells
// whether anything is left.
func (x *extent) limit(need *extent, sameObject bool) bool {
	switch {
	case need.all:
	case x.all || !sameObject:
		x.all = false
		x.names = append(x.names, need.names...)
	default:
		both := make(map[string]struct{}, len(need.names))
		for _, name := range need.names {
			both[name] = struct{}{}
		}
		x.names = slices.DeleteFunc(x.names, func(name string) bool {
			_, has := both[name]
			return !has
		})
	}
	return x.holds()
}

func (x *extent) close() {
	if x.all {
		x.names = nil
	}
	slices.Sort(x.names)
	x.names = slices.Compact(x.names)
	slices.Sort(x.details)
	x.details = slices.Compact(x.details)
	slices.Sort(x.entries)
	x.entries = slices.Compact(x.entries)
}

// collector gathers the extent of one access from the rules that match it.
type collector struct {
	access *Access
	extent
	// A create of an object carries no name, so that a rule with resourceNames does not give it; but server-side apply
	// creates by a patch, and asks for create with the name. Both are needed then (apiserver, handlers/patch.go).
	creates    []namedEntry
	patches    map[string]bool
	patchesAll bool
}

type namedEntry struct {
	name  string
	entry int32
}

// add takes in what one rule gives, judged in the namespace at, or cluster-wide where it is empty.
func (c *collector) add(r *Rule, e int32, at string) {
	unnamed := c.access.Path != "" || r.matchesName("")
	whole := unnamed || (c.access.Itself && at != "" && r.matchesName(at))
	for _, verb := range c.access.Verbs {
		switch {
		case !c.access.matchesRule(r, verb):
		case whole:
			c.all = true
			c.entries = append(c.entries, e)
		default:
			c.addNamed(r, e, verb)
		}
	}
	c.addPatch(r, unnamed)
}

// addNamed takes in what a rule with resourceNames gives by one verb.
func (c *collector) addNamed(r *Rule, e int32, verb string) {
	if c.access.Itself || verb == "deletecollection" {
		return // No request of this kind carries a name that the rule could match.
	}
	names := c.relevant(r)
	if len(names) == 0 {
		return
	}
	if verb == "create" && !c.access.isSubresource() {
		for _, name := range names {
			c.creates = append(c.creates, namedEntry{name, e})
		}
		return
	}
	c.names = append(c.names, names...)
	c.entries = append(c.entries, e)
}

func (c *collector) addPatch(r *Rule, unnamed bool) {
	if !slices.Contains(c.access.Verbs, "create") || c.access.isSubresource() || !c.access.matchesRule(r, "patch") {
		return
	}
	if unnamed {
		c.patchesAll = true
		return
	}
	if c.patches == nil {
		c.patches = map[string]bool{}
	}
	for _, name := range r.ResourceNames {
		c.patches[name] = true
	}
}

// relevant are the names of the rule that the access asks about.
func (c *collector) relevant(r *Rule) []string {
	if len(c.access.Names) == 0 {
		return r.ResourceNames
	}
	var names []string
	for _, name := range c.access.Names {
		if slices.Contains(r.ResourceNames, name) {
			names = append(names, name)
		}
	}
	return names
}

// result is the extent of the access over everything that was added.
func (c *collector) result() extent {
	for _, create := range c.creates {
		if c.patchesAll || c.patches[create.name] {
			c.names = append(c.names, create.name)
			c.entries = append(c.entries, create.entry)
		}
	}
	if c.holds() && c.access.Detail != "" {
		c.details = append(c.details, c.access.Detail)
	}
	return c.extent
}
