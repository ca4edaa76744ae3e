package admission

import (
	corev1 "k8s.io/api/core/v1"
)

// tokenSeconds is how long a projected token is valid.
const tokenSeconds = 3600

// defaultVolume is the part of DefaultPod about one volume.
func defaultVolume(v *corev1.VolumeSource) {
	if *v == (corev1.VolumeSource{}) {
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
	if v.Image != nil {
		orZero(&v.Image.PullPolicy, pullPolicy(v.Image.Reference))
	}
	if v.HostPath != nil {
		orDefault(&v.HostPath.Type, corev1.HostPathUnset)
	}
	if v.Secret != nil {
		orDefault(&v.Secret.DefaultMode, corev1.SecretVolumeSourceDefaultMode)
	}
	if v.ConfigMap != nil {
		orDefault(&v.ConfigMap.DefaultMode, corev1.ConfigMapVolumeSourceDefaultMode)
	}
	if v.DownwardAPI != nil {
		orDefault(&v.DownwardAPI.DefaultMode, corev1.DownwardAPIVolumeSourceDefaultMode)
		defaultItems(v.DownwardAPI.Items)
	}
	if v.Projected != nil {
		defaultProjected(v.Projected)
	}
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		claim := &v.Ephemeral.VolumeClaimTemplate.Spec
		orDefault(&claim.VolumeMode, corev1.PersistentVolumeFilesystem)
		roundUp(claim.Resources.Limits)
		roundUp(claim.Resources.Requests)
	}
	defaultRemote(v)
}

func defaultProjected(p *corev1.ProjectedVolumeSource) {
	orDefault(&p.DefaultMode, corev1.ProjectedVolumeSourceDefaultMode)
	for i := range p.Sources {
		if api := p.Sources[i].DownwardAPI; api != nil {
			defaultItems(api.Items)
		}
		if token := p.Sources[i].ServiceAccountToken; token != nil {
			orDefault(&token.ExpirationSeconds, int64(tokenSeconds))
		}
	}
}

func defaultItems(items []corev1.DownwardAPIVolumeFile) {
	for i := range items {
		defaultFieldRef(items[i].FieldRef)
	}
}

// defaultRemote is about the volumes that lie elsewhere.
func defaultRemote(v *corev1.VolumeSource) {
	if v.ISCSI != nil {
		orZero(&v.ISCSI.ISCSIInterface, "default")
	}
	if v.RBD != nil {
		orZero(&v.RBD.RBDPool, "rbd")
		orZero(&v.RBD.RadosUser, "admin")
		orZero(&v.RBD.Keyring, "/etc/ceph/keyring")
	}
	if v.ScaleIO != nil {
		orZero(&v.ScaleIO.StorageMode, "ThinProvisioned")
		orZero(&v.ScaleIO.FSType, "xfs")
	}
	if v.AzureDisk != nil {
		orDefault(&v.AzureDisk.CachingMode, corev1.AzureDataDiskCachingReadWrite)
		orDefault(&v.AzureDisk.FSType, "ext4")
		orDefault(&v.AzureDisk.ReadOnly, false)
		orDefault(&v.AzureDisk.Kind, corev1.AzureSharedBlobDisk)
	}
}
