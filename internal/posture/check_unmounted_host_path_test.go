package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestUnmountedHostPathAsksEveryContainer(t *testing.T) {
	spec := mountingPod(corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}})
	mounts := spec.Containers[0].VolumeMounts
	if got := findingsOf(unmountedHostPath(), NewPod(spec, Facts{})); got != nil {
		t.Errorf("mounted: got %+v", got)
	}
	spec.Containers[0].VolumeMounts = nil
	if got := findingsOf(unmountedHostPath(), NewPod(spec, Facts{})); len(got) != 1 || got[0].Value != "/" {
		t.Errorf("not mounted: got %+v", got)
	}
	spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
		Name: "debug", VolumeMounts: mounts,
	}}}
	if got := findingsOf(unmountedHostPath(), NewPod(spec, Facts{})); got != nil {
		t.Errorf("mounted by a debug container: got %+v", got)
	}
}
