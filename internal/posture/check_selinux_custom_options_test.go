package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestSELinuxCustomOptions(t *testing.T) {
	with := func(options corev1.SELinuxOptions) corev1.PodSpec {
		return corev1.PodSpec{Containers: one(&corev1.SecurityContext{SELinuxOptions: &options})}
	}
	const path = "Minimal SELinuxCustomOptions EscapeAid spec.containers[0].securityContext.seLinuxOptions."
	assertJudged(t, selinuxCustomOptions(), map[string]judged{
		"a level alone is clean":                   {spec: with(corev1.SELinuxOptions{Level: "s0:c1"})},
		"the confined types are clean":             {spec: with(corev1.SELinuxOptions{Type: "container_kvm_t"})},
		"container_engine_t is allowed since 1.31": {spec: with(corev1.SELinuxOptions{Type: "container_engine_t"})},
		"any other type": {
			spec: with(corev1.SELinuxOptions{Type: "super_t"}), want: []string{path + "type=super_t (app)"},
		},
		"user and role are found one by one": {
			spec: with(corev1.SELinuxOptions{User: "u", Role: "r"}), want: []string{path + "role=r (app)", path + "user=u (app)"},
		},
		"Windows has no SELinux": {spec: corev1.PodSpec{OS: windows(), SecurityContext: &corev1.PodSecurityContext{
			SELinuxOptions: &corev1.SELinuxOptions{Type: "spc_t"},
		}}},
	})
}
