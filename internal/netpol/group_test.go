package netpol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestAGroupHasThePortsOfContainersAndSidecars(t *testing.T) {
	spec := specOf(t, `{hostNetwork: true,
		containers: [{name: a, ports: [{containerPort: 80, hostPort: 80}]}, {name: b, ports: [{name: metrics, containerPort: 9090}]}],
		initContainers: [{name: once, ports: [{containerPort: 1}]}, {name: side, restartPolicy: Always, ports: [{containerPort: 2, protocol: UDP}]}]}`)
	want := Group{
		Labels: labelsOf("app=web"), Pods: 3, HostNetwork: true,
		Ports: []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80}, {Name: "metrics", ContainerPort: 9090}, {ContainerPort: 2, Protocol: "UDP"}},
	}
	if diff := cmp.Diff(want, GroupOf(labelsOf("app=web"), spec, 3)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestANameMayStandForSeveralPorts(t *testing.T) {
	w := newWorld(t, "jobs/batch").policy("shop/p", "{podSelector: {}, ingress: [{ports: [{port: http}]}]}")
	w.group("shop/web", Group{Ports: []corev1.ContainerPort{port("http", 80), port("http", 8080), {Name: "http", ContainerPort: 53, Protocol: "UDP"}}})
	if got := said(w.connect("jobs/batch", "shop/web").Access); got != "Yes TCP 80, 8080" {
		t.Error(got)
	}
}
