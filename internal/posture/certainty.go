package posture

import "slices"

// The conditions that turn up in more than one check. A condition names the fact that decides and that the API does
// not show, so that a reader can go and look.
const (
	conditionNotRoot     = "The user is not root: file modes and set-user-ID programs decide."
	conditionSandboxed   = "The runtime class isolates the pod by a kernel of its own: an escape reaches the sandbox first."
	conditionAppArmor    = "The runtime's AppArmor profile denies it where the node has AppArmor."
	conditionDeviceGroup = "The device cgroup decides which devices can be opened."
	conditionImageUser   = "The user of the image decides: root is assumed from the spec."
	conditionNextImage   = "The next image decides."
	conditionUserns      = "The user namespace decides: root of the pod is an unprivileged user on the node."
	conditionImageGroup  = "The image's passwd file decides: a user missing there gets the group root."
	conditionSecretName  = "Only names say so: what the Secret holds decides."
	conditionURL         = "What the password of the URL opens decides."
	conditionLiteral     = "Only the name of the variable says so: what its value opens decides."
	conditionAudience    = "Whoever accepts a token of this audience decides what it opens."
	conditionNeighbours  = "The CPU requests of the other pods decide."
)

// Root condition: empty where the container's first process is root, else conditionNotRoot. See the truth table of
// the catalogue, section 0.5.
func (c *Container) rootCondition() string {
	if c.User.Root {
		return ""
	}
	return conditionNotRoot
}

// Sandboxed tells whether the pod's runtime class is one of those that the configuration calls sandboxed (P19).
func (p *Pod) Sandboxed() bool {
	name := p.Spec.RuntimeClassName
	return name != nil && slices.Contains(p.Settings.SandboxedRuntimeClasses, *name)
}

// firstCondition is the first condition that is not empty: one deciding fact is enough for a reader to look at.
func firstCondition(conditions ...string) string {
	for _, condition := range conditions {
		if condition != "" {
			return condition
		}
	}
	return ""
}

// sandboxCondition is conditionSandboxed for a sandboxed pod, else empty.
func (p *Pod) sandboxCondition() string {
	if p.Sandboxed() {
		return conditionSandboxed
	}
	return ""
}

// userNamespaceCondition is conditionUserns for a pod in a user namespace of its own, else empty. What root of such a pod
// is worth stays in its class at a lower tier, so that no order of settings makes a pod with more rights look better.
func (p *Pod) userNamespaceCondition() string {
	if p.UserNamespace {
		return conditionUserns
	}
	return ""
}
