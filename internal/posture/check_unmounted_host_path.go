package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A hostPath volume that no container mounts gives nobody anything yet: Pod Security refuses it, and an ephemeral
// container that is added later can mount it.
//
// Fields: spec.volumes[*].hostPath.path
// Finds:  a volume that is in no volumeMounts
func unmountedHostPath() Check {
	return Check{
		ID:          "UnmountedHostPath",
		Catalogue:   []string{"H12"},
		Title:       "Volume of the node is mounted by no container",
		Worst:       finding.Hygiene,
		PodSecurity: "baseline",
		Find:        findUnmountedHostPath,
		Breaks:      "Nothing: no container mounts the volume.",
		Fix: func(spec *corev1.PodSpec) {
			p := NewPod(spec, Facts{})
			removeVolumes(spec, volumesThat(spec, func(v *corev1.Volume) bool { return v.HostPath != nil && !p.mountsVolume(v.Name) }))
		},
	}
}

func findUnmountedHostPath(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.HostPath == nil || p.mountsVolume(v.Name) {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Field:       "spec.volumes[" + strconv.Itoa(i) + "].hostPath.path",
			Value:       v.HostPath.Path,
			Message:     "No container mounts the volume; a debug container that is added later could.",
			Remediation: "Remove the volume.",
		})
	}
}
