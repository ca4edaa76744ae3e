package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestCapabilityUnknownTakesOneSpellingOnly(t *testing.T) {
	for name, found := range map[corev1.Capability]bool{
		"SYS_ADMIN": false, "CHOWN": false, "ALL": false, "sys_admin": true, "CAP_CHOWN": true, "all": true,
		"SYS_ADMINS": true, "CAP_": true, "": true, "CAP_CAP_KILL": true,
	} {
		spec := capabilityPod([]corev1.Capability{name}, nil)
		if got := findingsOf(capabilityUnknown(), NewPod(spec, Facts{})); (len(got) == 1) != found {
			t.Errorf("%q: got %+v", name, got)
		}
	}
}
