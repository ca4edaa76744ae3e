package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestSeccompUnconfined(t *testing.T) {
	profile := func(kind corev1.SeccompProfileType) *corev1.SeccompProfile { return &corev1.SeccompProfile{Type: kind} }
	off := profile(corev1.SeccompProfileTypeUnconfined)
	assertJudged(t, seccompUnconfined(), map[string]judged{
		"an unset profile is not ours": {spec: corev1.PodSpec{Containers: one(&corev1.SecurityContext{})}},
		"RuntimeDefault and Localhost confine": {spec: corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{SeccompProfile: profile(corev1.SeccompProfileTypeRuntimeDefault)},
			Containers:      one(&corev1.SecurityContext{SeccompProfile: profile(corev1.SeccompProfileTypeLocalhost)}),
		}},
		"the pod is found once, whatever its containers say": {
			spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{SeccompProfile: off},
				Containers:      one(&corev1.SecurityContext{SeccompProfile: profile(corev1.SeccompProfileTypeRuntimeDefault)}),
			},
			want: []string{"Minimal SeccompUnconfined EscapeAid spec.securityContext.seccompProfile.type=Unconfined"},
		},
		"an init container is found on its own": {
			spec: corev1.PodSpec{InitContainers: one(&corev1.SecurityContext{SeccompProfile: off})},
			want: []string{
				"Minimal SeccompUnconfined EscapeAid spec.initContainers[0].securityContext.seccompProfile.type=Unconfined (app)",
			},
		},
		"Windows has no seccomp": {spec: corev1.PodSpec{OS: windows(), Containers: one(&corev1.SecurityContext{SeccompProfile: off})}},
	})
}
