package posture

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// power is what a container holds that turns a namespace of the node into more than a view of it.
type power struct {
	field, value string
	// condition is empty where the process surely has it.
	condition string
	// confinable is true where an AppArmor profile can still deny what the power allows.
	confinable bool
}

// powerOver tells whether the container is privileged or holds one of the capabilities, and where that stands.
// In a user namespace it holds none over the node (catalogue A.3).
func (c *Container) powerOver(p *Pod, capabilities ...string) (power, bool) {
	if p.UserNamespace {
		return power{}, false
	}
	if isTrue(c.privileged()) {
		return power{c.Path("securityContext.privileged"), "true", c.rootCondition(), false}, true
	}
	if !c.User.Root && c.NoNewPrivileges {
		return power{}, false // Nothing can raise an added capability into the process.
	}
	for _, name := range capabilities {
		if field, value, ok := c.addedCapability(name); ok {
			return power{field, value, c.rootCondition(), true}, true
		}
	}
	return power{}, false
}

// addedCapability finds where the container adds a capability, by its name or by ALL. The runtime applies ALL first,
// then single names, added before dropped: dropping ALL takes nothing from what is added by name.
func (c *Container) addedCapability(name string) (field, value string, ok bool) {
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		return "", "", false
	}
	lists := c.SecurityContext.Capabilities
	if indexOfCapability(lists.Drop, name) >= 0 {
		return "", "", false
	}
	i := indexOfCapability(lists.Add, name)
	if i < 0 && indexOfCapability(lists.Drop, "ALL") < 0 {
		i = indexOfCapability(lists.Add, "ALL")
	}
	if i < 0 {
		return "", "", false
	}
	return c.Path("securityContext.capabilities.add[" + strconv.Itoa(i) + "]"), string(lists.Add[i]), true
}

// indexOfCapability compares as the runtime does, whatever the case, and forgives the prefix that it would refuse.
func indexOfCapability(list []corev1.Capability, name string) int {
	for i := range list {
		if strings.TrimPrefix(strings.ToUpper(string(list[i])), "CAP_") == name {
			return i
		}
	}
	return -1
}
