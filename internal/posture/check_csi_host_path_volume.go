package posture

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionCSIData = "The driver decides which directory of the node it hands out."

// A CSI driver that hands out directories of the node, asked for inline: the pod sees a path of the node that no
// PersistentVolume names.
//
// Fields: spec.volumes[*].csi.driver
// Finds:  a driver with hostpath in its name, where a container mounts the volume
func csiHostPathVolume() Check {
	return Check{
		ID:        "CSIHostPathVolume",
		Catalogue: []string{"P15"},
		Title:     "Inline CSI volume lies on the node",
		Worst:     finding.ForeignData,
		Find:      findCSIHostPathVolume,
		Breaks:    "Whatever reads or writes below the mount finds no directory there.",
		Fix: func(spec *corev1.PodSpec) {
			removeVolumes(spec, volumesThat(spec, isCSIHostPath))
		},
	}
}

func findCSIHostPathVolume(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if !isCSIHostPath(v) || !p.mountsVolume(v.Name) {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.ForeignData,
			Condition:   conditionCSIData,
			Field:       "spec.volumes[" + strconv.Itoa(i) + "].csi.driver",
			Value:       v.CSI.Driver,
			Message:     "The volume is a directory of the node, which other pods may share.",
			Remediation: "Use an emptyDir or a PersistentVolumeClaim.",
		})
	}
}

func isCSIHostPath(v *corev1.Volume) bool {
	return v.CSI != nil && strings.Contains(v.CSI.Driver, "hostpath")
}
