package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestWindowsHostProcessDependsOnTheUser(t *testing.T) {
	root := "High WindowsHostProcess NodeRoot spec.containers[0].securityContext.windowsOptions.hostProcess=true (app)"
	network := "Low WindowsHostProcess NodeNetwork spec.containers[0].securityContext.windowsOptions.hostProcess=true (app)"
	group := "Medium WindowsHostProcess NodeRoot spec.containers[0].securityContext.windowsOptions.hostProcess=true (app) if: " +
		conditionLocalGroup
	hostProcess := func(is bool) *corev1.WindowsSecurityContextOptions {
		return &corev1.WindowsSecurityContextOptions{HostProcess: &is}
	}
	as := func(user *string) corev1.PodSpec {
		return corev1.PodSpec{OS: windows(), HostNetwork: true, Containers: one(&corev1.SecurityContext{
			WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: user},
		})}
	}
	assertJudged(t, windowsHostProcess(), map[string]judged{
		"no user is taken for SYSTEM":    {spec: as(nil), want: []string{root}},
		"SYSTEM, whatever the case":      {spec: as(ptr.To("nt authority\\system")), want: []string{root}},
		"the administrators":             {spec: as(ptr.To("BUILTIN\\Administrators")), want: []string{root}},
		"LocalService has the network":   {spec: as(ptr.To("NT AUTHORITY\\Local service")), want: []string{network}},
		"NetworkService has the network": {spec: as(ptr.To("NT AUTHORITY\\NetworkService")), want: []string{network}},
		"a local group is conditional":   {spec: as(ptr.To("hpc-operators")), want: []string{group}},
		"the container's user beats the pod's": {
			spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
					HostProcess: ptr.To(true), RunAsUserName: ptr.To("NT AUTHORITY\\SYSTEM"),
				}},
				Containers: one(&corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
					RunAsUserName: ptr.To("NT AUTHORITY\\LocalService"),
				}}),
			},
			want: []string{"Low WindowsHostProcess NodeNetwork spec.securityContext.windowsOptions.hostProcess=true (app)"},
		},
		"a container that says no is not one": {
			spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{WindowsOptions: hostProcess(true)},
				Containers:      one(&corev1.SecurityContext{WindowsOptions: hostProcess(false)}),
			},
		},
	})
}
