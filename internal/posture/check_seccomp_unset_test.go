package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestSeccompUnset(t *testing.T) {
	const unset = "Minimal SeccompUnset Hygiene spec.containers[0].securityContext.seccompProfile= (app) if: " + conditionSeccompDefault
	profile := &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	assertJudged(t, seccompUnset(), map[string]judged{
		"nothing is set":             {spec: corev1.PodSpec{Containers: one(nil)}, want: []string{unset}},
		"a profile of the container": {spec: corev1.PodSpec{Containers: one(&corev1.SecurityContext{SeccompProfile: profile})}},
		"a profile of the pod is for all of them": {spec: corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{SeccompProfile: profile}, Containers: one(nil), InitContainers: one(nil),
		}},
		"Unconfined is set, which is another check's": {spec: corev1.PodSpec{Containers: one(&corev1.SecurityContext{
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined},
		})}},
		"Windows has no seccomp": {spec: corev1.PodSpec{OS: windows(), Containers: one(nil)}},
	})
}
