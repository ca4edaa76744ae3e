package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	conditionSharedDevice = "Who else keeps data on the device decides."
	conditionNodeDisk     = "What the node keeps on that disk decides."
)

// A raw device is read and written below its file system: modes and owners of files mean nothing.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].volumeDevices[*]
// Finds:  set; the claim's volume tells whether it is a disk of the node
// Conditional on what is on the device. The API refuses raw devices with hostUsers: false.
func rawBlockDevice() Check {
	return Check{
		ID:        "RawBlockDevice",
		Catalogue: []string{"P17"},
		Title:     "Container gets a raw block device",
		Worst:     finding.NodeRead,
		Find:      findRawBlockDevice,
		Breaks:    "A program that writes to the device itself, such as a database with raw volumes, does not find it.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) { c.VolumeDevices = nil })
		},
	}
}

func findRawBlockDevice(p *Pod, out *Findings) {
	var claimed map[string]snapshot.HostVolume
	for i := range p.Containers {
		c := &p.Containers[i]
		for j := range c.VolumeDevices {
			found := finding.Finding{
				Consequence: finding.ForeignData,
				Condition:   conditionSharedDevice,
				Container:   c.Name,
				Field:       c.Path("volumeDevices[" + strconv.Itoa(j) + "].devicePath"),
				Value:       c.VolumeDevices[j].DevicePath,
				Message:     "The container reads and writes all of the device, whatever the modes of the files on it.",
				Remediation: "Use a volume with volumeMode: Filesystem and mount it.",
			}
			if claimed == nil {
				claimed = p.claimedHostVolumes()
			}
			if volume, ok := claimed[c.VolumeDevices[j].Name]; ok {
				found.Consequence, found.Condition = finding.NodeRead, conditionNodeDisk
				found.Message = "The device is " + volume.Path + " of the node: the container reads all that is on that disk."
			}
			out.Add(found)
		}
	}
}

// claimedHostVolumes is what volumes expose of the node through their claims, by the name of the volume.
func (p *Pod) claimedHostVolumes() map[string]snapshot.HostVolume {
	out := make(map[string]snapshot.HostVolume, len(p.Claims))
	for i := range p.Spec.Volumes {
		volume := &p.Spec.Volumes[i]
		if volume.PersistentVolumeClaim == nil {
			continue
		}
		if host, ok := p.Claims[volume.PersistentVolumeClaim.ClaimName]; ok {
			out[volume.Name] = host
		}
	}
	return out
}
