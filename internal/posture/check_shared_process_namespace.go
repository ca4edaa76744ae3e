package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// In a shared process namespace each container reads the files and the environment of the others through /proc, as
// far as its UID may. The pod's identities become one; nothing leaves the pod.
//
// Fields: spec.shareProcessNamespace
// Finds:  true, in a pod with two or more containers that run at the same time
// Contained in the pod, with and without a user namespace.
func sharedProcessNamespace() Check {
	return Check{
		ID:        "SharedProcessNamespace",
		Catalogue: []string{"P05"},
		Title:     "Containers of the pod share one process namespace",
		Worst:     finding.Contained,
		Find:      findSharedProcessNamespace,
		Breaks:    "Containers of the pod no longer see or signal each other's processes.",
		Fix:       func(spec *corev1.PodSpec) { spec.ShareProcessNamespace = nil },
	}
}

func findSharedProcessNamespace(p *Pod, out *Findings) {
	if !isTrue(p.Spec.ShareProcessNamespace) || p.Windows {
		return
	}
	together := 0
	for i := range p.Containers {
		if p.Containers[i].Kind != Init {
			together++
		}
	}
	if together < 2 {
		return
	}
	out.Add(finding.Finding{
		Consequence: finding.Contained,
		Field:       "spec.shareProcessNamespace",
		Value:       "true",
		Message:     "Each container can read the mounted secrets of the others through /proc: count them as one.",
		Remediation: "Remove shareProcessNamespace: true where the containers need not signal each other.",
	})
}
