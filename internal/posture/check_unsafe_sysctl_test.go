package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestUnsafeSysctl(t *testing.T) {
	set := func(hostUsers *bool, names ...string) corev1.PodSpec {
		sc := &corev1.PodSecurityContext{}
		for _, name := range names {
			sc.Sysctls = append(sc.Sysctls, corev1.Sysctl{Name: name})
		}
		return corev1.PodSpec{HostUsers: hostUsers, SecurityContext: sc}
	}
	assertJudged(t, unsafeSysctl(), map[string]judged{
		"the safe ones of 1.0 and of 1.37 are clean": {
			spec: set(nil, "kernel.shm_rmid_forced", "net.ipv4.tcp_slow_start_after_idle"),
		},
		"others are found by place and name": {
			spec: set(nil, "net.ipv4.tcp_syncookies", "net.core.somaxconn"),
			want: []string{
				"Minimal UnsafeSysctl NodeDenialOfService spec.securityContext.sysctls[1].name=net.core.somaxconn if: " +
					conditionAllowedSysctl,
			},
		},
		"in a user namespace the network ones are the pod's": {
			spec: set(ptr.To(false), "net.core.somaxconn", "kernel.msgmax"),
			want: []string{
				"Minimal UnsafeSysctl Contained spec.securityContext.sysctls[0].name=net.core.somaxconn",
				"Minimal UnsafeSysctl NodeDenialOfService spec.securityContext.sysctls[1].name=kernel.msgmax if: " + conditionAllowedSysctl,
			},
		},
	})
}

func TestUnsafeSysctlFixKeepsTheSafeOnes(t *testing.T) {
	spec := &corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{
		{Name: "kernel.msgmax"}, {Name: "net.ipv4.tcp_rmem", Value: "4096 87380 16777216"},
	}}}
	unsafeSysctl().Fix(spec)
	if got := spec.SecurityContext.Sysctls; len(got) != 1 || got[0].Name != "net.ipv4.tcp_rmem" {
		t.Errorf("the pod keeps %v", got)
	}
}
