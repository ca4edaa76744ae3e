package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestHostIPC(t *testing.T) {
	assertJudged(t, hostIPC(), map[string]judged{
		"false is clean": {spec: corev1.PodSpec{Containers: one(nil)}},
		"true is an aid": {
			spec: corev1.PodSpec{HostIPC: true}, want: []string{"Minimal HostIPC EscapeAid spec.hostIPC=true"},
		},
		"a Windows pod has no such namespace": {spec: corev1.PodSpec{HostIPC: true, OS: windows()}},
	})
}
