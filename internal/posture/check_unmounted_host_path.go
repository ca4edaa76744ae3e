package posture

import (
	"slices"
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
			for _, v := range slices.Clone(spec.Volumes) {
				if v.HostPath != nil && !mounted(NewPod(spec, Facts{}), v.Name) {
					removeVolume(spec, v.Name)
				}
			}
		},
	}
}

func findUnmountedHostPath(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.HostPath == nil || mounted(p, v.Name) {
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

// mounted tells whether a container mounts the volume of the node.
func mounted(p *Pod, volume string) bool {
	for i := range p.hostMounts {
		if p.hostMounts[i].mount.Name == volume {
			return true
		}
	}
	return false
}
