package candidate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"
)

// podLevelDefaultsLate is the version since which the resources of a pod as a whole are filled in after the plugins, limits
// too (PodLevelResourcesFixDefaulting); before, they were when the pod was read.
const podLevelDefaultsLate = 37

// defaultPodLevel fills in the resources of a pod as a whole from those of its containers, where the pod gives any (KEP-2837).
func defaultPodLevel(pod *corev1.Pod, limitsToo bool) {
	own := pod.Spec.Resources
	if own == nil || len(own.Requests) == 0 && len(own.Limits) == 0 {
		return
	}
	limits := resourcehelper.AggregateContainerLimits(pod, resourcehelper.PodResourcesOptions{})
	for name, quantity := range limits {
		if _, requested := own.Requests[name]; isHugePages(name) && !requested {
			own.Limits = with(own.Limits, corev1.ResourceList{name: quantity})
		}
	}
	own.Requests = with(own.Requests, podLevelRequests(pod))
	if limitsToo {
		defaultPodLevelLimits(pod, limits)
	}
}

// podLevelRequests is what the containers request together, and for what they do not the limit of the pod.
func podLevelRequests(pod *corev1.Pod) corev1.ResourceList {
	requests := corev1.ResourceList{}
	for name, quantity := range resourcehelper.AggregateContainerRequests(pod, resourcehelper.PodResourcesOptions{}) {
		if resourcehelper.IsSupportedPodLevelResource(name) && !isHugePages(name) {
			requests[name] = quantity
		}
	}
	for name, quantity := range pod.Spec.Resources.Limits {
		if _, given := requests[name]; !given && resourcehelper.IsSupportedPodLevelResource(name) {
			requests[name] = quantity
		}
	}
	return requests
}

// defaultPodLevelLimits limits what is requested and what every container limits, to no less than the request.
func defaultPodLevelLimits(pod *corev1.Pod, limits corev1.ResourceList) {
	own := pod.Spec.Resources
	for name, request := range own.Requests {
		if !resourcehelper.IsSupportedPodLevelResource(name) || !allLimit(&pod.Spec, name) {
			continue
		}
		limit := limits[name]
		if request.Cmp(limit) > 0 {
			limit = request
		}
		own.Limits = with(own.Limits, corev1.ResourceList{name: limit})
	}
}

func allLimit(spec *corev1.PodSpec, name corev1.ResourceName) bool {
	all := true
	eachContainer(spec, func(c *corev1.Container) {
		_, limits := c.Resources.Limits[name]
		all = all && limits
	})
	return all
}

// with adds what is missing to a list that may be nil.
func with(list, missing corev1.ResourceList) corev1.ResourceList {
	if list == nil {
		list = corev1.ResourceList{}
	}
	addMissing(list, missing)
	return list
}

func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}
