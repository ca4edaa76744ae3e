package assess

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// namedNamespaces is how many namespaces a message names before it counts the others.
const namedNamespaces = 3

// everything is the privilege to use every verb on every resource.
const everything finding.CheckID = "RBACClusterAdmin"

// Access is what the ServiceAccounts of a workload may do, and what the effect of that depends on.
type Access struct {
	// Rights by the name of the ServiceAccount, which is in the workload's namespace. It may be one whose token the pods have
	// from a Secret.
	Rights map[string]*rbac.Rights
	// PodSecurity is what the namespaces of the cluster enforce; nil where that is not known.
	PodSecurity *snapshot.PodSecurity
}

// Gather resolves the rights of the ServiceAccounts that a view shows.
func Gather(view *snapshot.View, grants *rbac.Index, podSecurity *snapshot.PodSecurity) *Access {
	access := &Access{Rights: make(map[string]*rbac.Rights), PodSecurity: podSecurity}
	resolve := func(account string) {
		if account != "" && access.Rights[account] == nil {
			rights := grants.Resolve(rbac.ServiceAccount(view.Workload.Key.Namespace, account))
			access.Rights[account] = &rights
		}
	}
	groups := view.Subjects()
	for i := range groups {
		resolve(snapshot.ServiceAccountName(groups[i].Shape.Spec))
		for _, account := range groups[i].TokenSecrets.Accounts {
			resolve(account)
		}
	}
	return access
}

// permissions are the permission sets, by the name of the ServiceAccount.
func (a *Access) permissions() []*rbac.PermissionSet {
	if a == nil {
		return nil
	}
	var out []*rbac.PermissionSet
	for _, account := range slices.Sorted(maps.Keys(a.Rights)) {
		out = append(out, a.Rights[account].Set())
	}
	return out
}

// privileges are the findings about what the tokens in reach of the pod's containers let it do. Without one, the rights of
// a ServiceAccount are not the pod's.
func (j *judge) privileges(pod *posture.Pod) []finding.Finding {
	if j.access == nil {
		return nil
	}
	var out []finding.Finding
	for _, identity := range pod.Identities() {
		held := j.holds(identity.ServiceAccount)
		out = slices.Grow(out, len(held))
		for i := range held {
			if h := &held[i]; !h.Implied && len(h.Effects) > 0 {
				out = append(out, actingAs(&identity, privilegeFinding(h, effectsOf(h, held))))
			}
		}
	}
	return out
}

// actingAs says in a finding which Secret the identity comes from, where it comes from one.
func actingAs(identity *posture.Identity, f finding.Finding) finding.Finding {
	if identity.Secret != "" {
		f.Field = secretPrefix(identity) + f.Field
		f.Message = strings.TrimSuffix(f.Message, ".") + ", as ServiceAccount " + identity.ServiceAccount + "."
	}
	return f
}

// secretPrefix begins the field of a finding about an identity that comes from a Secret.
func secretPrefix(identity *posture.Identity) string {
	return "Secret " + identity.Secret + " -> ServiceAccount " + identity.ServiceAccount + " -> "
}

// rights is how much a ServiceAccount may do: what reaches every ServiceAccount and leads nowhere does not count.
func (j *judge) rights(account string) posture.Rights {
	if j.access == nil || j.access.Rights[account] == nil || j.lacks(grantSources) {
		return posture.RightsUnknown
	}
	leads := func(h rbac.Held) bool { return len(h.Effects) > 0 }
	if j.access.Rights[account].Personal() || slices.ContainsFunc(j.holds(account), leads) {
		return posture.RightsSome
	}
	return posture.RightsNone
}

// effectsOf are the effects of a privilege, worst first. The right to do everything in a namespace stands for the privileges
// that it implies there, so it takes over their effects: less must never be said of it than of a part of it.
func effectsOf(h *rbac.Held, held []rbac.Held) []rbac.Effect {
	if h.Privilege.ID != everything || h.Cluster() || len(h.ResourceNames) > 0 {
		return h.Effects
	}
	effects := slices.Clone(h.Effects)
	for i := range held {
		if held[i].Implied {
			effects = append(effects, held[i].Effects...)
		}
	}
	tier := func(e rbac.Effect) finding.Tier {
		f := finding.Finding{Consequence: e.Consequence, Condition: e.Condition}
		return f.Tier()
	}
	slices.SortStableFunc(effects, func(a, b rbac.Effect) int {
		return cmp.Or(cmp.Compare(tier(b), tier(a)), cmp.Compare(a.Condition, b.Condition))
	})
	kept := effects[:0]
	for _, e := range effects {
		// A certain effect comes before a conditional one of the same consequence.
		if !slices.ContainsFunc(kept, func(other rbac.Effect) bool { return other.Consequence == e.Consequence }) {
			kept = append(kept, e)
		}
	}
	return kept
}

func (j *judge) holds(account string) []rbac.Held {
	held, known := j.held[account]
	if rights := j.access.Rights[account]; !known && rights != nil {
		held = rights.Privileges(j.environment())
		j.held[account] = held
	}
	return held
}

func (j *judge) environment() *rbac.Environment {
	e := &rbac.Environment{Untold: j.access.PodSecurity.Untold(), PodSecurity: func(namespace string) rbac.PodSecurityLevel {
		j.asked[namespace] = struct{}{}
		return rbac.PodSecurityLevel(j.access.PodSecurity.Level(namespace))
	}}
	if j.graph != nil {
		e.HasClusterAdmin = nobody
	}
	for i := range j.view.Groups {
		e.AWS = e.AWS || j.view.Groups[i].Placement.CloudProvider == "aws"
	}
	return e
}

// privilegeFinding names the first grant as the place; the others are counted.
func privilegeFinding(h *rbac.Held, effects []rbac.Effect) finding.Finding {
	f := finding.Finding{
		Check:       h.Privilege.ID,
		Consequence: effects[0].Consequence,
		Condition:   effects[0].Condition,
		Message:     h.Privilege.Title + " " + scope(h) + ".",
		Remediation: h.Privilege.Fix,
	}
	for _, e := range effects[1:] {
		f.Also = append(f.Also, finding.Effect{Consequence: e.Consequence, Condition: e.Condition})
	}
	if len(h.Grants) > 0 {
		g := &h.Grants[0]
		f.Field = fmt.Sprintf("%s -> %s rules[%d]", g.Binding, g.Role, g.RuleIndex)
		f.Value = g.Rule.String()
		if more := len(h.Grants) - 1; more > 0 {
			f.Field += fmt.Sprintf(" and %d more", more)
		}
	}
	return f
}

// scope says where a privilege holds, and what it is limited to.
func scope(h *rbac.Held) string {
	text := "in the whole cluster"
	if !h.Cluster() {
		text = "in " + strings.Join(h.Namespaces[:min(len(h.Namespaces), namedNamespaces)], ", ")
		if more := len(h.Namespaces) - namedNamespaces; more > 0 {
			text += fmt.Sprintf(" and %d more namespaces", more)
		}
	}
	if len(h.ResourceNames) > 0 {
		names := slices.Clone(h.ResourceNames[:min(len(h.ResourceNames), namedNamespaces)])
		text += ", named " + strings.Join(names, ", ")
		if more := len(h.ResourceNames) - namedNamespaces; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	if len(h.Details) > 0 {
		text += " (" + strings.Join(h.Details[:min(len(h.Details), namedNamespaces)], ", ") + ")"
	}
	return text
}
