package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionTraceable = "The UID decides which processes of the node it may read; what they hold decides the rest."

// With the node's PID namespace a pod sees every process of the node, its arguments and, as far as its UID may,
// its environment and files. Whoever may also trace or enter those processes is root on the node.
//
// Fields: spec.hostPID, with privileged or capabilities.add SYS_PTRACE or SYS_ADMIN of any container
// Finds:  true; each container that holds one of those powers is found on its own
// Conditional on its own. A privileged container is certain; a capability is where AppArmor is off for the container,
// for the runtime's default profile denies tracing out of it. The API refuses hostPID with hostUsers: false.
func hostPID() Check {
	return Check{
		ID:          "HostPID",
		Catalogue:   []string{"P02"},
		Title:       "Pod shares the PID namespace of its node",
		Worst:       finding.NodeRoot,
		PodSecurity: "baseline",
		Find:        findHostPID,
		Fix:         func(spec *corev1.PodSpec) { spec.HostPID = false },
	}
}

func findHostPID(p *Pod, out *Findings) {
	if !p.Spec.HostPID || p.Windows {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.NodeRead,
		Condition:   firstCondition(p.sandboxCondition(), conditionTraceable),
		Field:       "spec.hostPID",
		Value:       "true",
		Message:     "The pod sees the processes of its node: arguments, and environment and files of those that its UID may trace.",
		Remediation: "Remove hostPID: true; shareProcessNamespace joins the containers of the pod alone.",
	})
	for i := range p.Containers {
		c := &p.Containers[i]
		held, ok := c.powerOver(p, "SYS_PTRACE", "SYS_ADMIN")
		if !ok {
			continue
		}
		condition := firstCondition(held.condition, p.sandboxCondition())
		if condition == "" && held.confinable && !c.appArmorUnconfined(p) {
			condition = conditionAppArmor
		}
		out.Add(finding.Finding{
			Consequence: finding.NodeRoot,
			Condition:   condition,
			Container:   c.Name,
			Field:       held.field,
			Value:       held.value,
			Message:     "With hostPID the container can enter or trace a root process of the node, and so is root there.",
			Remediation: "Remove hostPID: true, or the privilege beside it.",
		})
	}
}
