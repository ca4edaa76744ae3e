package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A container without a memory limit can use up the memory of its node and have its neighbours killed. Without a CPU limit
// it can only take what the requests of others leave.
//
// Fields: spec.{containers,initContainers}[*].resources.limits, spec.resources.limits
// Finds:  no memory limit; no CPU limit (conditional). A limit of the pod holds for all of its containers.
// An ephemeral container can have no resources, so none is asked of it.
func resourceLimitsMissing() Check {
	return Check{
		ID:        "ResourceLimitsMissing",
		Catalogue: []string{"Hygiene"},
		Title:     "Container has no memory or CPU limit",
		Worst:     finding.NodeDenialOfService,
		Find:      findResourceLimitsMissing,
		// No Fix: how much the workload needs stands nowhere in the spec, and a limit that is too low stops it.
	}
}

func findResourceLimitsMissing(p *Pod, out *Findings) {
	var podLimits corev1.ResourceList
	if p.Spec.Resources != nil {
		podLimits = p.Spec.Resources.Limits
	}
	memoryOfPod, cpuOfPod := limited(podLimits, corev1.ResourceMemory), limited(podLimits, corev1.ResourceCPU)
	for i := range p.Containers {
		c := &p.Containers[i]
		memory := memoryOfPod || limited(c.Resources.Limits, corev1.ResourceMemory)
		cpu := cpuOfPod || limited(c.Resources.Limits, corev1.ResourceCPU)
		if memory && cpu || c.Kind == Ephemeral {
			continue
		}
		found := finding.Finding{
			Consequence: finding.NodeDenialOfService,
			Container:   c.Name,
			Field:       c.Path("resources.limits.memory"),
			Message:     "The container may use up the memory of its node; other pods are killed for it.",
			Remediation: "Set resources.limits.memory for the container or the pod.",
		}
		switch {
		case memory:
			found.Condition = conditionNeighbours
			found.Field = c.Path("resources.limits.cpu")
			found.Message = "The container may use all CPU time that the requests of other pods leave."
			found.Remediation = "Set resources.limits.cpu, or accept it where throttling does more harm."
		case !cpu:
			found.Field = c.Path("resources.limits")
			found.Message = "The container may use up the memory and the spare CPU time of its node."
			found.Remediation = "Set resources.limits.memory, and .cpu where throttling does no harm."
		}
		out.Add(found)
	}
}

// limited tells whether a resource is limited; a quantity of zero is no limit.
func limited(limits corev1.ResourceList, name corev1.ResourceName) bool {
	if len(limits) == 0 {
		return false
	}
	quantity, found := limits[name]
	return found && !quantity.IsZero()
}
