package candidate

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// BenchmarkAdmit measures what one candidate costs: made from a pod with a sidecar, and admitted beside a LimitRange.
func BenchmarkAdmit(b *testing.B) {
	var template corev1.PodTemplateSpec
	if err := yaml.UnmarshalStrict([]byte(`
metadata: {labels: {app: web, pod-template-hash: 5d4f8c7b9f}}
spec:
  initContainers: [{name: proxy, image: "proxy:1", restartPolicy: Always}]
  containers: [{name: a, image: "nginx:1", livenessProbe: {httpGet: {port: 80}}, resources: {requests: {cpu: 100m}}}]
  volumes: [{name: tmp}]`), &template); err != nil {
		b.Fatal(err)
	}
	env := ordinary()
	env.LimitRanges = objects(&corev1.LimitRange{Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
		{Type: corev1.LimitTypeContainer, Default: list("memory", "1Gi"), Max: list("memory", "2Gi")},
	}}})
	b.ReportAllocs()
	for b.Loop() {
		if o := admitted(FromTemplate(&template, replicaSet, Identity{}, "n"), env); len(o.Denials) > 0 {
			b.Fatal(o.Denials)
		}
	}
}
