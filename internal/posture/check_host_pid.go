package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionTraceable = "The UID decides which processes it may read, what they hold the rest."

// With the node's PID namespace a pod sees every process of the node, its arguments and, as far as its UID may,
// its environment and files.
//
// Fields: spec.hostPID
// Finds:  true
// Conditional: the UID decides. What makes it root on the node is found where it stands: PrivilegedContainer and
// CapabilitySysAdmin without regard to hostPID, CapabilitySysPtrace with regard to it. The API refuses hostPID with
// hostUsers: false.
func hostPID() Check {
	return Check{
		ID:          "HostPID",
		Catalogue:   []string{"P02"},
		Title:       "Pod shares the PID namespace of its node",
		Worst:       finding.NodeRead,
		PodSecurity: "baseline",
		Find:        findHostPID,
		Breaks:      "A program that lists, signals or traces processes of the node sees its own pod's alone.",
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
		Message:     "The pod sees the arguments of the node's processes, and the environment and files of some.",
		Remediation: "Remove hostPID: true; shareProcessNamespace joins the containers of the pod alone.",
	})
}
