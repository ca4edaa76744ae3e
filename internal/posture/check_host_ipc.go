package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// With the node's IPC namespace a pod shares /dev/shm and the System V objects with the node and with every other pod
// that asks for the same.
//
// Fields: spec.hostIPC
// Finds:  true
// Certain. The API refuses it with hostUsers: false.
func hostIPC() Check {
	return Check{
		ID:          "HostIPC",
		Catalogue:   []string{"P04"},
		Title:       "Pod shares the IPC namespace of its node",
		Worst:       finding.EscapeAid,
		PodSecurity: "baseline",
		Find:        findHostIPC,
		Breaks:      "A program that shares memory or queues with processes of the node no longer finds them.",
		Fix:         func(spec *corev1.PodSpec) { spec.HostIPC = false },
	}
}

func findHostIPC(p *Pod, out *Findings) {
	if !p.Spec.HostIPC || p.Windows {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.EscapeAid,
		Field:       "spec.hostIPC",
		Value:       "true",
		Message:     "The pod shares memory with the processes of its node that use System V IPC or /dev/shm.",
		Remediation: "Remove hostIPC: true; an emptyDir with medium Memory is shared memory inside of the pod.",
	})
}
