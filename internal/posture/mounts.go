package posture

import (
	"iter"

	corev1 "k8s.io/api/core/v1"
)

// fewVolumes is up to how many volumes their mounts are looked for one by one. Nearly every pod has fewer, and needs no index.
const fewVolumes = 32

// mountPlace is a mount, by the position of its container in Pod.Containers and its own in the container.
type mountPlace struct{ container, mount int }

// indexMounts finds the mounts of each volume once where there are many.
func (p *Pod) indexMounts() {
	if len(p.Spec.Volumes) <= fewVolumes {
		return
	}
	p.mounts = make(map[string][]mountPlace, len(p.Spec.Volumes))
	for i := range p.Containers {
		mounts := p.Containers[i].VolumeMounts
		for j := range mounts {
			p.mounts[mounts[j].Name] = append(p.mounts[mounts[j].Name], mountPlace{i, j})
		}
	}
}

// mountsOf visits the mounts of a volume, by container.
func (p *Pod) mountsOf(volume string) iter.Seq2[*Container, *corev1.VolumeMount] {
	return func(yield func(*Container, *corev1.VolumeMount) bool) {
		if p.mounts != nil {
			for _, at := range p.mounts[volume] {
				if c := &p.Containers[at.container]; !yield(c, &c.VolumeMounts[at.mount]) {
					return
				}
			}
			return
		}
		for i := range p.Containers {
			c := &p.Containers[i]
			for j := range c.VolumeMounts {
				if c.VolumeMounts[j].Name == volume && !yield(c, &c.VolumeMounts[j]) {
					return
				}
			}
		}
	}
}

// mountsVolume tells whether a container mounts the volume: the content of others is out of reach.
func (p *Pod) mountsVolume(name string) bool {
	for range p.mountsOf(name) {
		return true
	}
	return false
}
