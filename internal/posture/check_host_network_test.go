package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestHostNetworkIsCertainEverywhere(t *testing.T) {
	found := []string{"Low HostNetwork NodeNetwork spec.hostNetwork=true"}
	assertJudged(t, hostNetwork(), map[string]judged{
		"NET_ADMIN over the pod's own network is not ours": {spec: corev1.PodSpec{Containers: one(adding("NET_ADMIN"))}},
		"alone it is the node's network":                   {spec: corev1.PodSpec{HostNetwork: true, Containers: one(nil)}, want: found},
		"NET_ADMIN beside it is found by its own check": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(adding("NET_ADMIN"))}, want: found,
		},
		"a sandbox lets the network through": {
			spec:  corev1.PodSpec{HostNetwork: true, RuntimeClassName: ptr.To("kata"), Containers: one(nil)},
			facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}},
			want:  found,
		},
		"Windows pods share it as well": {spec: corev1.PodSpec{HostNetwork: true, OS: windows()}, want: found},
	})
}
