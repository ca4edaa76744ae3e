package posture

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// The facts about a capability that is added and does not work.
const (
	conditionPrefix = "The runtime does not know the name with CAP_ in front: such a container does not start."
	messageDropped  = "The capability is dropped again by name, so no process has it."
	messageInert    = "No process can use it: the user is not root and privilege escalation is off."

	messageUserNamespace = " With hostUsers: false it holds in the pod's user namespace only."
)

// A Linux capability is a part of root's power. One that a container adds reaches the node as far as the kernel does
// not tie it to a namespace. One check per capability; capabilityRows is the table.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.add[*]
// Finds:  the capability named there, in any case, with or without CAP_. What a container has by the runtime's default is
// no finding; CapabilitiesNotDropped tells of that. NET_BIND_SERVICE counts in the node's network only.
// Certain for root. Conditional for other users, who get it from programs of the image only, and of no consequence where
// they cannot escalate. With hostUsers: false it holds inside the user namespace. Linux only.
func capabilityCheck(c capability) Check {
	name := capabilityNames[c]
	id := capabilityID(name)
	remediation := "Remove " + name + " from capabilities.add."
	return Check{
		ID:          id,
		Catalogue:   []string{"C-" + name},
		Title:       capabilityTitle(c),
		Worst:       capabilityRows[c].worst(),
		PodSecurity: podSecurityOf(c),
		Find: func(p *Pod, out *Findings) {
			if p.addedCapabilities.has(c) && !p.Windows {
				findCapability(p, out, c, remediation)
			}
		},
		Breaks: capabilityBreaks(c),
		Fix: func(spec *corev1.PodSpec) {
			removeAdded(spec, func(_ string, named capability) bool { return named == c })
		},
	}
}

func findCapability(p *Pod, out *Findings, wanted capability, remediation string) {
	if wanted == capNetBindService && !p.Spec.HostNetwork {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
			continue
		}
		for j, name := range c.SecurityContext.Capabilities.Add {
			named, prefixed := parseCapability(string(name))
			if named != wanted {
				continue
			}
			for _, effect := range p.capabilityEffects(c, wanted) {
				if prefixed && effect.Consequence != finding.Contained {
					effect.condition = conditionPrefix
				}
				out.Add(finding.Finding{
					Consequence: effect.Consequence,
					Condition:   effect.condition,
					Container:   c.Name,
					Field:       c.Path("securityContext.capabilities.add[" + strconv.Itoa(j) + "]"),
					Value:       string(name),
					Message:     effect.message,
					Remediation: remediation,
				})
			}
		}
	}
}

// capabilityEffects are what the capability leads to in this container: the plain effect, the raised one, or both.
func (p *Pod) capabilityEffects(c *Container, added capability) []capabilityEffect {
	row := &capabilityRows[added]
	switch {
	case dropsAgain(c, added):
		return []capabilityEffect{{containedOnly, messageDropped}}
	case !c.User.Root && c.NoNewPrivileges:
		return []capabilityEffect{{containedOnly, messageInert}}
	case p.UserNamespace && row.inUserNamespace != "":
		return []capabilityEffect{p.decided(c, capabilityEffect{
			consequenceIf{row.inUserNamespace, ""}, row.alone.message + messageUserNamespace,
		})}
	case row.when == nil || !row.when(p, c):
		return []capabilityEffect{p.decided(c, row.alone)}
	case row.raised.covers(row.alone):
		return []capabilityEffect{p.decided(c, row.raised)}
	default:
		return []capabilityEffect{p.decided(c, row.raised), p.decided(c, row.alone)}
	}
}

// covers tells whether an effect says all that another says: the score then loses nothing with the other.
func (e capabilityEffect) covers(other capabilityEffect) bool {
	if other.Consequence == finding.Contained {
		return true
	}
	return e.Consequence.Weight().Class == other.Consequence.Weight().Class && (e.condition == "" || other.condition != "")
}

// decided puts the fact that decides about an effect in this container into its condition.
func (p *Pod) decided(c *Container, effect capabilityEffect) capabilityEffect {
	if effect.Consequence == finding.Contained {
		return effect
	}
	if effect.condition == conditionAppArmor && p.appArmorOff(c) {
		effect.condition = ""
	}
	effect.condition = firstCondition(c.rootCondition(), effect.condition, p.sandboxCondition())
	return effect
}

// dropsAgain tells whether a single drop, or for ALL the drop of ALL, takes the capability away after it was added.
func dropsAgain(c *Container, added capability) bool {
	return !c.privileged() && parseCapabilities(c.SecurityContext.Capabilities.Drop).has(added)
}

// worst is the furthest consequence of the row.
func (r *capabilityRow) worst() finding.Consequence {
	if r.when != nil && r.raised.Consequence.Weight().Tier > r.alone.Consequence.Weight().Tier {
		return r.raised.Consequence
	}
	return r.alone.Consequence
}

// podSecurityOf is the least strict level that refuses to add the capability: baseline allows containerd's default but
// NET_RAW, restricted allows NET_BIND_SERVICE.
func podSecurityOf(c capability) string {
	switch {
	case c == capNetBindService:
		return ""
	case c != capNetRaw && defaultCapabilities().has(c):
		return "restricted"
	default:
		return "baseline"
	}
}

// capabilityID puts the name into camel case: SYS_ADMIN is CapabilitySysAdmin.
func capabilityID(name string) finding.CheckID {
	words := strings.Split(name, "_")
	for i, word := range words {
		words[i] = word[:1] + strings.ToLower(word[1:])
	}
	return finding.CheckID("Capability" + strings.Join(words, ""))
}

func capabilityTitle(c capability) string {
	switch c {
	case capAll:
		return "All Linux capabilities are added"
	case capNetBindService:
		return "Linux capability NET_BIND_SERVICE is added in the node's network"
	default:
		return "Linux capability " + capabilityNames[c] + " is added"
	}
}

// removeAdded takes the unwanted names out of every list of added ones. The list is made anew: others may hold the old
// one.
func removeAdded(spec *corev1.PodSpec, unwanted func(name string, c capability) bool) {
	eachSecurityContext(spec, func(sc *corev1.SecurityContext) {
		if sc.Capabilities == nil {
			return
		}
		sc.Capabilities.Add = slices.DeleteFunc(slices.Clone(sc.Capabilities.Add), func(name corev1.Capability) bool {
			named, _ := parseCapability(string(name))
			return unwanted(string(name), named)
		})
	})
}
