package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// Pod Security restricted admits the volume types that Kubernetes itself provides. The others mount storage outside of the
// cluster by address and credentials in the pod spec, past the control of a PersistentVolume.
//
// Fields: spec.volumes[*]
// Finds:  any type but configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret;
// hostPath, gitRepo and flexVolume have checks of their own
func restrictedVolumeType() Check {
	return Check{
		ID:          "RestrictedVolumeType",
		Catalogue:   []string{"Hygiene"},
		Title:       "Volume has a type that Pod Security restricted refuses",
		Worst:       finding.Hygiene,
		PodSecurity: "restricted",
		Find:        findRestrictedVolumeType,
		// No Fix: a PersistentVolume and its claim have to be made first.
	}
}

func findRestrictedVolumeType(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if allowedVolume(v) {
			continue
		}
		kind := restrictedVolume(v)
		if kind == "" {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Field:       "spec.volumes[" + strconv.Itoa(i) + "]." + kind,
			Value:       v.Name,
			Message:     "The pod mounts outside storage by itself: no PersistentVolume controls which.",
			Remediation: "Describe the storage by a PersistentVolume and mount its persistentVolumeClaim.",
		})
	}
}

func allowedVolume(v *corev1.Volume) bool {
	return v.ConfigMap != nil || v.Projected != nil || v.EmptyDir != nil || v.Secret != nil || v.PersistentVolumeClaim != nil ||
		v.DownwardAPI != nil || v.CSI != nil || v.Ephemeral != nil || v.Image != nil
}

// restrictedVolume is the field that is set. Empty for the others, and where none is set: that means emptyDir.
func restrictedVolume(v *corev1.Volume) string {
	for _, one := range [...]struct {
		field string
		set   bool
	}{
		{"nfs", v.NFS != nil},
		{"iscsi", v.ISCSI != nil},
		{"fc", v.FC != nil},
		{"cephfs", v.CephFS != nil},
		{"rbd", v.RBD != nil},
		{"glusterfs", v.Glusterfs != nil},
		{"awsElasticBlockStore", v.AWSElasticBlockStore != nil},
		{"gcePersistentDisk", v.GCEPersistentDisk != nil},
		{"azureDisk", v.AzureDisk != nil},
		{"azureFile", v.AzureFile != nil},
		{"cinder", v.Cinder != nil},
		{"vsphereVolume", v.VsphereVolume != nil},
		{"portworxVolume", v.PortworxVolume != nil},
		{"scaleIO", v.ScaleIO != nil},
		{"storageos", v.StorageOS != nil},
		{"quobyte", v.Quobyte != nil},
		{"flocker", v.Flocker != nil},
		{"photonPersistentDisk", v.PhotonPersistentDisk != nil},
	} {
		if one.set {
			return one.field
		}
	}
	return ""
}
