package netpol

import (
	"fmt"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Access tells whether connections get through.
type Access struct {
	Verdict finding.Verdict
	// Condition names what decides a conditional verdict.
	Condition string
	// Ports are those on which they get through; where the verdict is conditional, those on which they may.
	Ports Ports
}

// Gate is what the policies of one group let through.
type Gate struct {
	Access
	// Policies are those that do, sorted. Empty where no policy isolates the group, and where nothing gets through.
	Policies []PolicyRef
}

// Connection is what the policies of two groups let through from one to the other.
type Connection struct {
	Access
	// Egress and Ingress are the policies on either side that do, sorted; empty where none isolates that side.
	Egress, Ingress []PolicyRef
}

// verdict is Yes where something is let through for certain.
func (o *opening) verdict() finding.Verdict {
	switch {
	case !o.certain.Empty():
		return finding.Yes
	case !o.possible.Empty():
		return finding.Conditional
	default:
		return finding.No
	}
}

// access puts an opening into words. Policies that are not evaluated make any verdict conditional, for they might open what
// is closed as well as close what is open; the ports stay those of the NetworkPolicies.
func (o *opening) access(others []OtherPolicy) Access {
	a := Access{Verdict: o.verdict(), Ports: o.certain}
	if a.Verdict == finding.Conditional {
		a.Ports, a.Condition = o.possible, o.why.condition(nil)
	}
	if len(others) > 0 {
		a.Verdict, a.Condition = finding.Conditional, otherPolicies.condition(others)
		a.Ports = o.possible
	}
	return a
}

// condition is the first of the reasons in words, with the policies that are not evaluated.
func (r reasons) condition(others []OtherPolicy) string {
	if r&otherPolicies != 0 && len(others) > 0 {
		if len(others) == 1 {
			return others[0].String() + " is not evaluated."
		}
		return fmt.Sprintf("%s and %d more policies of other kinds are not evaluated.", others[0], len(others)-1)
	}
	for _, c := range conditions {
		if r&c.reason != 0 {
			return c.text
		}
	}
	return ""
}

// concerning are the policies of other kinds that concern the pods of the namespaces, those of the cluster first.
func (x *Index) concerning(namespaces ...*namespace) []OtherPolicy {
	var found []OtherPolicy
	if len(x.others) > 0 {
		found = x.others
	}
	for i, n := range namespaces {
		if len(n.others) > 0 && !slices.Contains(namespaces[:i], n) {
			found = slices.Concat(found, n.others)
		}
	}
	return found
}

// refs names policies.
func refs(policies []*policy) []PolicyRef {
	if len(policies) == 0 {
		return nil
	}
	out := make([]PolicyRef, len(policies))
	for i, p := range policies {
		out[i] = p.ref
	}
	return out
}

// letting are the policies of a group that let something of the ports through, each by itself.
func (g *group) letting(d direction, ports Ports, admit func(*policy, *opening)) []PolicyRef {
	var found []PolicyRef
	for _, p := range g.policies[d] {
		var o opening
		if admit(p, &o); !o.possible.Intersect(ports).Empty() {
			found = append(found, p.ref)
		}
	}
	return found
}

// lettingGroup are those that let through to or from another group.
func (g *group) lettingGroup(d direction, ports Ports, other *group) []PolicyRef {
	return g.letting(d, ports, func(p *policy, o *opening) { p.admit(o, d, g, other) })
}
