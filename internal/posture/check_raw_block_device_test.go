package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestRawBlockDeviceDependsOnTheClaim(t *testing.T) {
	spec := corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "app", VolumeDevices: []corev1.VolumeDevice{{Name: "disk", DevicePath: "/dev/xvda"}}}},
		Volumes: []corev1.Volume{{Name: "tmp"}, {Name: "disk", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "claim"},
		}}},
	}
	const found = " spec.initContainers[0].volumeDevices[0].devicePath=/dev/xvda (app) if: "
	assertJudged(t, rawBlockDevice(), map[string]judged{
		"a pod without devices is clean": {spec: corev1.PodSpec{Containers: one(nil), Volumes: spec.Volumes}},
		"a device of a storage system holds its own data": {
			spec: spec, want: []string{"Minimal RawBlockDevice ForeignData" + found + conditionSharedDevice},
		},
		"a disk of the node holds what the node keeps there": {
			spec: spec, facts: Facts{Claims: map[string]snapshot.HostVolume{"claim": {Path: "/dev/sdb", Local: true}}},
			want: []string{"Low RawBlockDevice NodeRead" + found + conditionNodeDisk},
		},
		"a device of no volume is judged as data": {
			spec: corev1.PodSpec{InitContainers: spec.InitContainers},
			want: []string{"Minimal RawBlockDevice ForeignData" + found + conditionSharedDevice},
		},
	})
}
