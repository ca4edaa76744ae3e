package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestFlexVolumeIsFoundMountedOrNot(t *testing.T) {
	spec := mountingPod(corev1.VolumeSource{FlexVolume: &corev1.FlexVolumeSource{Driver: "example/cifs"}})
	for _, mounted := range []bool{true, false} {
		if !mounted {
			spec.Containers[0].VolumeMounts = nil
		}
		got := findingsOf(flexVolume(), NewPod(spec, Facts{}))
		if len(got) != 1 || got[0].Value != "example/cifs" || got[0].Condition != conditionFlexDriver {
			t.Errorf("mounted %v: got %+v", mounted, got)
		}
	}
}
