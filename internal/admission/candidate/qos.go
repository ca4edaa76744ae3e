package candidate

import (
	corev1 "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"
)

// qosClass is Guaranteed where cpu and memory are limited everywhere to what is requested, BestEffort where neither is given
// anywhere, Burstable between. The resources of the pod as a whole count before those of its containers.
func qosClass(pod *corev1.Pod) corev1.PodQOSClass {
	if resourcehelper.IsPodLevelResourcesSet(pod) {
		return qosOf(pod.Spec.Resources)
	}
	var class corev1.PodQOSClass
	eachContainer(&pod.Spec, func(c *corev1.Container) { class = join(class, qosOf(&c.Resources)) })
	if class == "" {
		return corev1.PodQOSBestEffort
	}
	return class
}

func qosOf(resources *corev1.ResourceRequirements) corev1.PodQOSClass {
	var class corev1.PodQOSClass
	for _, name := range [...]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := resources.Requests[name], resources.Limits[name]
		switch {
		case !request.Equal(limit):
			return corev1.PodQOSBurstable
		case request.IsZero():
			class = join(class, corev1.PodQOSBestEffort)
		default:
			class = join(class, corev1.PodQOSGuaranteed)
		}
	}
	return class
}

// join is the class of two parts; a part of no class yet does not count.
func join(a, b corev1.PodQOSClass) corev1.PodQOSClass {
	if a == "" || a == b {
		return b
	}
	return corev1.PodQOSBurstable
}
