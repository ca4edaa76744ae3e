package candidate

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// templateGenerationLabel is what is left of the time before DaemonSets had revisions.
const templateGenerationLabel = "pod-template-generation"

// asDaemonSet ties a pod to its node and lets it stay there whatever becomes of the node.
func asDaemonSet(pod *corev1.Pod, id Identity) {
	for _, taint := range [...]struct {
		key    string
		effect corev1.TaintEffect
	}{
		{corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute},
		{corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute},
		{corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule},
		{corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule},
		{corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule},
		{corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule},
	} {
		tolerate(&pod.Spec, corev1.Toleration{Key: taint.key, Operator: corev1.TolerationOpExists, Effect: taint.effect})
	}
	if pod.Spec.HostNetwork {
		tolerate(&pod.Spec, corev1.Toleration{
			Key: corev1.TaintNodeNetworkUnavailable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule,
		})
	}
	if id.Generation != "" {
		setLabel(pod, templateGenerationLabel, id.Generation)
	}
	if id.Revision != "" {
		setLabel(pod, appsv1.DefaultDaemonSetUniqueLabelKey, id.Revision)
	}
	if id.Node != "" {
		pin(&pod.Spec, id.Node)
	}
}

// tolerate adds a toleration, or puts it in the place of those of the same taint.
func tolerate(spec *corev1.PodSpec, toleration corev1.Toleration) {
	var list []corev1.Toleration
	replaced := false
	for i := range spec.Tolerations {
		if !toleration.MatchToleration(&spec.Tolerations[i]) {
			list = append(list, spec.Tolerations[i])
			continue
		}
		if equality.Semantic.DeepEqual(toleration, spec.Tolerations[i]) {
			return
		}
		list, replaced = append(list, toleration), true
	}
	if !replaced {
		list = append(list, toleration)
	}
	spec.Tolerations = list
}

// pin makes a node the only one that the pod may run on. What the template requires of a node has been asked before, so
// that the terms of the template give way; what it prefers stays.
func pin(spec *corev1.PodSpec, node string) {
	if spec.Affinity == nil {
		spec.Affinity = &corev1.Affinity{}
	}
	if spec.Affinity.NodeAffinity == nil {
		spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{
			{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}},
		}}},
	}
}
