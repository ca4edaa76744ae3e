package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestHostNetworkDependsOnNetAdmin(t *testing.T) {
	const (
		alone = "Low HostNetwork NodeNetwork spec.hostNetwork=true"
		admin = "HostNetwork NodeNetworkControl spec.containers[0].securityContext.capabilities.add[0]=NET_ADMIN (app)"
	)
	assertJudged(t, hostNetwork(), map[string]judged{
		"NET_ADMIN over the pod's own network is not ours": {spec: corev1.PodSpec{Containers: one(adding("NET_ADMIN"))}},
		"alone it is the node's network": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(nil)}, want: []string{alone},
		},
		"NET_ADMIN controls the node's network": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(adding("NET_ADMIN"))}, want: []string{"Medium " + admin, alone},
		},
		"another user controls it only by a program of the image": {
			spec: corev1.PodSpec{
				HostNetwork: true, Containers: one(adding("NET_ADMIN")),
				SecurityContext: &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1000)},
			},
			want: []string{alone, "Low " + admin + " if: " + conditionNotRoot},
		},
		"a privileged container controls it": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(&corev1.SecurityContext{Privileged: ptr.To(true)})},
			want: []string{"Medium HostNetwork NodeNetworkControl spec.containers[0].securityContext.privileged=true (app)", alone},
		},
		"in a user namespace nobody controls it": {
			spec: corev1.PodSpec{HostNetwork: true, HostUsers: ptr.To(false), Containers: one(adding("NET_ADMIN"))},
			want: []string{alone},
		},
		"a sandbox lets the network through": {
			spec:  corev1.PodSpec{HostNetwork: true, RuntimeClassName: ptr.To("kata"), Containers: one(nil)},
			facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}},
			want:  []string{alone},
		},
		"Windows has no capabilities": {
			spec: corev1.PodSpec{HostNetwork: true, OS: windows(), Containers: one(adding("NET_ADMIN"))}, want: []string{alone},
		},
	})
}
