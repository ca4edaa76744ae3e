package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestHostProbeReadsEveryProbeAndHook(t *testing.T) {
	get := func(host string) *corev1.HTTPGetAction { return &corev1.HTTPGetAction{Host: host} }
	socket := func(host string) *corev1.TCPSocketAction { return &corev1.TCPSocketAction{Host: host} }
	probe := func(handler corev1.ProbeHandler) *corev1.Probe { return &corev1.Probe{ProbeHandler: handler} }
	called := func(place, host string) string {
		return "Minimal HostProbe NodeNetwork spec.initContainers[0]." + place + ".host=" + host + " (app) if: " + conditionProbeTarget
	}
	assertJudged(t, hostProbe(), map[string]judged{
		"a probe without a host goes to the pod": {spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "app", LivenessProbe: probe(corev1.ProbeHandler{HTTPGet: get("")}), StartupProbe: probe(corev1.ProbeHandler{}),
			Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{HTTPGet: get("")}},
		}}}},
		"a host is found wherever it stands": {
			spec: corev1.PodSpec{InitContainers: []corev1.Container{{
				Name:           "app",
				LivenessProbe:  probe(corev1.ProbeHandler{HTTPGet: get("a")}),
				ReadinessProbe: probe(corev1.ProbeHandler{TCPSocket: socket("b")}),
				StartupProbe:   probe(corev1.ProbeHandler{HTTPGet: get("c")}),
				Lifecycle: &corev1.Lifecycle{
					PostStart: &corev1.LifecycleHandler{HTTPGet: get("d")}, PreStop: &corev1.LifecycleHandler{TCPSocket: socket("e")},
				},
			}}},
			want: []string{
				called("lifecycle.postStart.httpGet", "d"), called("livenessProbe.httpGet", "a"),
				called("readinessProbe.tcpSocket", "b"), called("startupProbe.httpGet", "c"),
				"Minimal HostProbe Contained spec.initContainers[0].lifecycle.preStop.tcpSocket.host=e (app)",
			},
		},
	})
}
