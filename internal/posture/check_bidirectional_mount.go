package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// What a container mounts below a bidirectional volume appears on the node and in other pods that mount the volume,
// and stays there when the container is gone.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].volumeMounts[*].mountPropagation
// Finds:  Bidirectional
// Certain. The API allows it for privileged containers only, which PrivilegedContainer judges; this one adds
// persistence.
func bidirectionalMount() Check {
	return Check{
		ID:        "BidirectionalMount",
		Catalogue: []string{"P18"},
		Title:     "Mounts made in the container appear on the node",
		Worst:     finding.EscapeAid,
		Find:      findBidirectionalMount,
		Breaks:    "What the container mounts no longer appears on the node or in other pods: a storage driver needs it.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				for i := range c.VolumeMounts {
					if isBidirectional(&c.VolumeMounts[i]) {
						c.VolumeMounts[i].MountPropagation = nil
					}
				}
			})
		},
	}
}

func findBidirectionalMount(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		for j := range c.VolumeMounts {
			if !isBidirectional(&c.VolumeMounts[j]) {
				continue
			}
			out.Add(finding.Finding{
				Consequence: finding.EscapeAid,
				Container:   c.Name,
				Field:       c.Path("volumeMounts[" + strconv.Itoa(j) + "].mountPropagation"),
				Value:       string(corev1.MountPropagationBidirectional),
				Message:     "Mounts that the container makes there appear on the node and outlive the container.",
				Remediation: "Use HostToContainer, or None; only a storage driver has to mount for the node.",
			})
		}
	}
}

func isBidirectional(mount *corev1.VolumeMount) bool {
	return mount.MountPropagation != nil && *mount.MountPropagation == corev1.MountPropagationBidirectional
}
