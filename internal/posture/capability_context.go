package posture

// What makes a capability worse than it is alone: other capabilities, and what the pod shares with the node.

func overridesModes(_ *Pod, c *Container) bool {
	return effectiveCapabilities(c.Container).has(capDacOverride)
}

func tracesKernel(_ *Pod, c *Container) bool {
	effective := effectiveCapabilities(c.Container)
	return effective.has(capBpf) && effective.has(capPerfmon)
}

// A capability of a user namespace of the pod's own holds over no namespace of the node.

func sharesProcesses(p *Pod, _ *Container) bool { return p.Spec.HostPID && !p.UserNamespace }

func sharesNetwork(p *Pod, _ *Container) bool { return p.Spec.HostNetwork && !p.UserNamespace }

func sharesIPC(p *Pod, _ *Container) bool { return p.Spec.HostIPC && !p.UserNamespace }

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
