package fleet

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// churningPods is how many pods a workload has that comes and goes.
const churningPods = 50

// Probe is a pod of its own, in a namespace that takes every pod.
func Probe(name string) *corev1.Pod {
	return podOf(podTemplate(name, "default", kinds()[len(kinds())-1]), namespaceName(0), name, nodeName(0))
}

// Churning is a Deployment beside the others, for pods that come and go.
func Churning(i int) *Workload {
	one := New(Size{Nodes: 1, Namespaces: 1}, uint64(i))
	return one.workload(900_001+10*i, churningPods)
}

// SelectorOf selects the pods of a workload.
func SelectorOf(w *Workload) string {
	return metav1.FormatLabelSelector(selector(w.Owners[0].GetName()))
}
