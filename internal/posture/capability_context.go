package posture

import corev1 "k8s.io/api/core/v1"

// What makes a capability worse than it is alone: other capabilities, and what the pod shares with the node.

func overridesModes(_ *Pod, c *Container) bool {
	return effectiveCapabilities(c.Container).has(capDacOverride)
}

func tracesKernel(_ *Pod, c *Container) bool {
	effective := effectiveCapabilities(c.Container)
	return effective.has(capBpf) && effective.has(capPerfmon)
}

func sharesProcesses(p *Pod, _ *Container) bool { return p.Spec.HostPID }

func sharesNetwork(p *Pod, _ *Container) bool { return p.Spec.HostNetwork }

func sharesIPC(p *Pod, _ *Container) bool { return p.Spec.HostIPC }

// mountsNode tells whether the container has any path of the node mounted.
func (p *Pod) mountsNode(c *Container) bool {
	for i := range p.hostMounts {
		if p.hostMounts[i].container == c {
			return true
		}
	}
	return false
}

// mountsRootOfNode tells whether the container has the node's root directory mounted.
func (p *Pod) mountsRootOfNode(c *Container) bool {
	for i := range p.hostMounts {
		if m := &p.hostMounts[i]; m.container == c && m.class == hostPathRoot {
			return true
		}
	}
	return false
}

// writesToNode tells whether the container has a path of the node mounted writable.
func (p *Pod) writesToNode(c *Container) bool {
	for i := range p.hostMounts {
		if m := &p.hostMounts[i]; m.container == c && m.access == hostWrite {
			return true
		}
	}
	return false
}

// seccompOff tells whether no seccomp profile is asked for; the kubelet's seccompDefault may still set one where the
// field is unset (P07).
func (p *Pod) seccompOff(c *Container) bool {
	var profile *corev1.SeccompProfile
	if sc := p.Spec.SecurityContext; sc != nil {
		profile = sc.SeccompProfile
	}
	if sc := c.SecurityContext; sc != nil && sc.SeccompProfile != nil {
		profile = sc.SeccompProfile
	}
	return profile == nil || profile.Type == corev1.SeccompProfileTypeUnconfined || isTrue(c.privileged())
}

// appArmorOff tells whether the container runs without AppArmor on any node: it says so, or it is privileged.
func (p *Pod) appArmorOff(c *Container) bool {
	return isTrue(c.privileged()) || c.appArmorUnconfined(p)
}
