package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestUnmaskedProcMount(t *testing.T) {
	mount := func(kind corev1.ProcMountType) []corev1.Container {
		return one(&corev1.SecurityContext{ProcMount: &kind})
	}
	assertJudged(t, unmaskedProcMount(), map[string]judged{
		"Default is clean": {spec: corev1.PodSpec{Containers: mount(corev1.DefaultProcMount)}},
		"Unmasked is an aid": {
			spec: corev1.PodSpec{Containers: mount(corev1.UnmaskedProcMount)},
			want: []string{"Minimal UnmaskedProcMount EscapeAid spec.containers[0].securityContext.procMount=Unmasked (app)"},
		},
		"a user namespace contains it": {
			spec: corev1.PodSpec{HostUsers: ptr.To(false), InitContainers: mount(corev1.UnmaskedProcMount)},
			want: []string{"Minimal UnmaskedProcMount Contained spec.initContainers[0].securityContext.procMount=Unmasked (app)"},
		},
		"Windows has no /proc": {spec: corev1.PodSpec{OS: windows(), Containers: mount(corev1.UnmaskedProcMount)}},
	})
}
