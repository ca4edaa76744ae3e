package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestHostPort(t *testing.T) {
	ports := func(list ...corev1.ContainerPort) []corev1.Container {
		return []corev1.Container{{Name: "app", Ports: list}}
	}
	assertJudged(t, hostPort(), map[string]judged{
		"a port of the container is clean": {spec: corev1.PodSpec{Containers: ports(corev1.ContainerPort{ContainerPort: 80})}},
		"a sidecar's port is found": {
			spec: corev1.PodSpec{InitContainers: ports(corev1.ContainerPort{ContainerPort: 80, HostPort: 8080})},
			want: []string{"Minimal HostPort Hygiene spec.initContainers[0].ports[0].hostPort=8080 (app)"},
		},
		"the host network makes every port one of the node": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: ports(corev1.ContainerPort{ContainerPort: 80})},
			want: []string{"Minimal HostPort Hygiene spec.containers[0].ports[0].hostPort=80 (app)"},
		},
	})
}

func TestHostPortFixLeavesTheHostNetwork(t *testing.T) {
	for name, test := range map[string]struct {
		ports []corev1.ContainerPort
		stays bool
	}{
		"where ports would be filled in again": {ports: []corev1.ContainerPort{{ContainerPort: 80}}},
		"but not without ports":                {stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{HostNetwork: true, Containers: []corev1.Container{{Ports: test.ports}}}
			hostPort().Fix(spec)
			if spec.HostNetwork != test.stays {
				t.Errorf("hostNetwork is %v", spec.HostNetwork)
			}
		})
	}
}
