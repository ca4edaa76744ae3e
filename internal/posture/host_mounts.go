package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// hostMount is a path of the node that a container sees, through a hostPath volume or through a claim whose
// PersistentVolume lies on the node.
type hostMount struct {
	hostVerdict
	container *Container
	mount     *corev1.VolumeMount
	// volume is the index in spec.volumes.
	volume int
	// path is the effective path, see effectiveHostPath.
	path   string
	access hostAccess
	// claim is nil for a hostPath volume.
	claim *snapshot.HostVolume
}

// layHostMounts lists what the containers see of the node, by container and mount, and judges each path once for all
// checks. It returns nil, without having allocated, where no volume of the pod lies on the node.
func (p *Pod) layHostMounts() []hostMount {
	var mounts []hostMount
	for volume := range p.Spec.Volumes {
		source := &p.Spec.Volumes[volume].VolumeSource
		switch {
		case source.HostPath != nil:
			mounts = p.appendHostMounts(mounts, volume, source.HostPath.Path, nil, false)
		case source.PersistentVolumeClaim != nil && len(p.Claims) > 0:
			if claim, ok := p.Claims[source.PersistentVolumeClaim.ClaimName]; ok {
				mounts = p.appendHostMounts(mounts, volume, claim.Path, &claim, source.PersistentVolumeClaim.ReadOnly)
			}
		case source.Ephemeral != nil && len(p.Claims) > 0:
			if claim, ok := p.Claims[snapshot.EphemeralClaim(p.Spec.Volumes[volume].Name)]; ok {
				mounts = p.appendHostMounts(mounts, volume, claim.Path, &claim, false)
			}
		}
	}
	return mounts
}

func (p *Pod) appendHostMounts(mounts []hostMount, volume int, path string, claim *snapshot.HostVolume, readOnly bool) []hostMount {
	for c, mount := range p.mountsOf(p.Spec.Volumes[volume].Name) {
		m := hostMount{container: c, mount: mount, volume: volume, claim: claim, access: accessOf(mount, readOnly)}
		// A subPathExpr can name any directory of the volume: the whole volume counts.
		m.path = effectiveHostPath(path, mount.SubPath, p.Windows)
		m.hostVerdict = classifyHostPath(m.path, m.access)
		if mounts == nil {
			mounts = make([]hostMount, 0, len(p.Spec.Volumes))
		}
		mounts = append(mounts, m)
	}
	return mounts
}

func accessOf(mount *corev1.VolumeMount, readOnly bool) hostAccess {
	switch {
	case !mount.ReadOnly && !readOnly:
		return hostWrite
	case mount.RecursiveReadOnly != nil && *mount.RecursiveReadOnly != corev1.RecursiveReadOnlyDisabled:
		return hostReadRecursive
	default:
		return hostRead
	}
}

// finding puts the verdict about a mount into words; message is its consequence.
func (m *hostMount) finding(p *Pod, message, remediation string) finding.Finding {
	found := finding.Finding{
		Consequence: m.consequence,
		Container:   m.container.Name,
		Message:     m.withPlace(message),
		Remediation: remediation,
	}
	found.Field, found.Value = m.place(&p.Spec.Volumes[m.volume])
	if m.consequence != finding.Contained {
		found.Condition = firstCondition(m.noIDMapCondition(p), m.container.rootCondition(), m.decidingCondition())
	}
	found.Also = m.whenRead(p)
	return found
}

// whenRead is what a writable mount gives away like a read-only one, where that is of another class: a mount that becomes
// writable must not lose it for the score.
func (m *hostMount) whenRead(p *Pod) []finding.Effect {
	if m.access != hostWrite {
		return nil
	}
	read := classifyHostPath(m.path, hostRead)
	if read.consequence == finding.Contained || read.consequence.Weight().Class == m.consequence.Weight().Class {
		return nil
	}
	condition := firstCondition(m.noIDMapCondition(p), m.container.rootCondition(), read.condition)
	return []finding.Effect{{Consequence: read.consequence, Condition: condition}}
}

// noIDMapCondition: procfs and sysfs cannot be mounted with mapped IDs, which a pod with hostUsers: false needs (KEP-127).
func (m *hostMount) noIDMapCondition(p *Pod) string {
	if p.UserNamespace && (m.path == "/proc" || m.path == "/sys" || isBelow(m.path, "/proc") || isBelow(m.path, "/sys")) {
		return conditionNoIDMap
	}
	return ""
}

// decidingCondition is that of the verdict, but for devices, which a privileged container may open.
func (m *hostMount) decidingCondition() string {
	if m.condition == conditionDeviceGroup && m.container.privileged() {
		return ""
	}
	return m.condition
}

// place is the field that brings the path into the pod, and what stands there.
func (m *hostMount) place(v *corev1.Volume) (field, value string) {
	at := "spec.volumes[" + strconv.Itoa(m.volume) + "]."
	switch {
	case v.HostPath != nil:
		return at + "hostPath.path", v.HostPath.Path
	case v.PersistentVolumeClaim != nil:
		return at + "persistentVolumeClaim.claimName", v.PersistentVolumeClaim.ClaimName
	default:
		return at + "ephemeral.volumeClaimTemplate", v.Name
	}
}

// withPlace adds to a message how and where it is mounted: " It is mounted read-only at /certs."
func (m *hostMount) withPlace(message string) string {
	how := " It is mounted read-only at "
	if m.access == hostWrite {
		how = " It is mounted writable at "
	}
	if m.mount.SubPath != "" {
		return message + how + m.mount.MountPath + ", subPath " + m.mount.SubPath + "."
	}
	return message + how + m.mount.MountPath + "."
}
