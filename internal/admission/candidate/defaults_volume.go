package candidate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// tokenSeconds is how long a projected token is valid where the pod does not say: an hour.
const tokenSeconds = 60 * 60

func defaultVolume(v *corev1.Volume) {
	if ptr.AllPtrFieldsNil(&v.VolumeSource) {
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
	if s := v.HostPath; s != nil {
		defaultPointer(&s.Type, corev1.HostPathUnset)
	}
	if s := v.Secret; s != nil {
		defaultPointer(&s.DefaultMode, corev1.SecretVolumeSourceDefaultMode)
	}
	if s := v.ConfigMap; s != nil {
		defaultPointer(&s.DefaultMode, corev1.ConfigMapVolumeSourceDefaultMode)
	}
	if s := v.DownwardAPI; s != nil {
		defaultPointer(&s.DefaultMode, corev1.DownwardAPIVolumeSourceDefaultMode)
		defaultDownwardFiles(s.Items)
	}
	if s := v.Projected; s != nil {
		defaultPointer(&s.DefaultMode, corev1.ProjectedVolumeSourceDefaultMode)
		for i := range s.Sources {
			defaultProjection(&s.Sources[i])
		}
	}
	if s := v.Image; s != nil {
		defaultTo(&s.PullPolicy, pullPolicy(s.Reference))
	}
	if s := v.Ephemeral; s != nil && s.VolumeClaimTemplate != nil {
		claim := &s.VolumeClaimTemplate.Spec
		defaultPointer(&claim.VolumeMode, corev1.PersistentVolumeFilesystem)
		roundUp(claim.Resources.Limits)
		roundUp(claim.Resources.Requests)
	}
	defaultOutsideVolume(v)
}

func defaultProjection(p *corev1.VolumeProjection) {
	if p.DownwardAPI != nil {
		defaultDownwardFiles(p.DownwardAPI.Items)
	}
	if p.ServiceAccountToken != nil {
		defaultPointer(&p.ServiceAccountToken.ExpirationSeconds, tokenSeconds)
	}
}

func defaultDownwardFiles(files []corev1.DownwardAPIVolumeFile) {
	for i := range files {
		defaultFieldRef(files[i].FieldRef)
	}
}

// defaultOutsideVolume is for the volumes of storage outside of the cluster.
func defaultOutsideVolume(v *corev1.Volume) {
	if s := v.ISCSI; s != nil {
		defaultTo(&s.ISCSIInterface, "default")
	}
	if s := v.RBD; s != nil {
		defaultTo(&s.RBDPool, "rbd")
		defaultTo(&s.RadosUser, "admin")
		defaultTo(&s.Keyring, "/etc/ceph/keyring")
	}
	if s := v.AzureDisk; s != nil {
		defaultPointer(&s.CachingMode, corev1.AzureDataDiskCachingReadWrite)
		defaultPointer(&s.FSType, "ext4")
		defaultPointer(&s.ReadOnly, false)
		defaultPointer(&s.Kind, corev1.AzureSharedBlobDisk)
	}
	if s := v.ScaleIO; s != nil {
		defaultTo(&s.StorageMode, "ThinProvisioned")
		defaultTo(&s.FSType, "xfs")
	}
}
