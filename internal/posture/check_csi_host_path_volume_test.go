package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestCSIHostPathVolumeCountsWhereItIsMounted(t *testing.T) {
	for name, test := range map[string]struct {
		driver, mounted string
		found           int
	}{
		"a mounted volume of such a driver": {"hostpath.csi.k8s.io", "data", 1},
		"one that nobody mounts":            {"hostpath.csi.k8s.io", "other", 0},
		"one of another driver":             {"ebs.csi.aws.com", "data", 0},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{
				Volumes:    []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: test.driver}}}},
				Containers: []corev1.Container{{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: test.mounted, MountPath: "/data"}}}},
			}
			if got := findingsOf(csiHostPathVolume(), NewPod(spec, Facts{})); len(got) != test.found {
				t.Fatalf("got %+v", got)
			}
		})
	}
}

func TestGenericEphemeralVolumeIsJudgedByTheVolumeBehindIt(t *testing.T) {
	spec := &corev1.PodSpec{
		Volumes:    []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}},
		Containers: []corev1.Container{{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}}},
	}
	claims := map[string]snapshot.HostVolume{snapshot.EphemeralClaim("data"): {PersistentVolume: "pv", Path: "/etc"}}
	got := findingsOf(persistentVolumeHostPath(), NewPod(spec, Facts{Claims: claims}))
	if len(got) != 1 || got[0].Field != "spec.volumes[0].ephemeral.volumeClaimTemplate" || got[0].Severity() != "High" {
		t.Fatalf("got %+v", got)
	}
}
