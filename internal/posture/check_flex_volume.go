package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// conditionFlexDriver is what decides about a FlexVolume.
const conditionFlexDriver = "The driver decides what is mounted: it is a program on the node, run as root."

// A FlexVolume driver is a program that the kubelet runs as root with options from the pod; what it mounts, the API does
// not show.
//
// Fields: spec.volumes[*].flexVolume.driver
// Finds:  any
// Always conditional: the driver decides.
func flexVolume() Check {
	return Check{
		ID:          "FlexVolume",
		Catalogue:   []string{"P15"},
		Title:       "FlexVolume driver mounts a volume",
		Worst:       finding.ForeignData,
		PodSecurity: "restricted",
		Find:        findFlexVolume,
		Breaks:      "Whatever reads or writes below the mount finds no directory there.",
		Fix: func(spec *corev1.PodSpec) {
			removeVolumes(spec, volumesThat(spec, func(v *corev1.Volume) bool { return v.FlexVolume != nil }))
		},
	}
}

func findFlexVolume(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		flex := p.Spec.Volumes[i].FlexVolume
		if flex == nil {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.ForeignData,
			Condition:   conditionFlexDriver,
			Field:       "spec.volumes[" + strconv.Itoa(i) + "].flexVolume.driver",
			Value:       flex.Driver,
			Message:     "A driver on the node mounts what it likes into the pod, and runs as root with the pod's options.",
			Remediation: "Move the volume to a CSI driver and claim it with a PersistentVolumeClaim.",
		})
	}
}
