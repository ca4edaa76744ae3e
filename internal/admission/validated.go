package admission

import (
	corev1 "k8s.io/api/core/v1"
)

const (
	// generatedSuffix stands for the random end of a generated name.
	generatedSuffix = "xxxxx"
	// longestBase is how much of generateName the API server keeps.
	longestBase = 63 - len(generatedSuffix)
)

// validatedPod is the pod as validating policies see it: between mutation and validation the API server generates the name
// and sets the status. The rest is shared with the one given.
//
// Not done, since nothing but a policy that looks for exactly this would notice: the UID and the creation timestamp, selectors
// merged from matchLabelKeys, resources of the pod as a whole, AppArmor fields from old annotations.
func validatedPod(given *corev1.Pod) *corev1.Pod {
	pod := *given
	if pod.Name == "" && pod.GenerateName != "" {
		pod.Name = pod.GenerateName[:min(len(pod.GenerateName), longestBase)] + generatedSuffix
	}
	pod.Generation = 1
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: qosClass(&pod.Spec)}
	if len(pod.Spec.SchedulingGates) > 0 {
		pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonSchedulingGated,
			Message: "Scheduling is blocked due to non-empty scheduling gates",
		}}
	}
	return &pod
}

// qosClass is the quality of service of a pod. Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
func qosClass(spec *corev1.PodSpec) corev1.PodQOSClass {
	if r := spec.Resources; r != nil && (podLevel(r.Requests) || podLevel(r.Limits)) {
		return qosOf(r)
	}
	var class corev1.PodQOSClass
	for _, list := range [...][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			switch next := qosOf(&list[i].Resources); {
			case class == "":
				class = next
			case class != next:
				return corev1.PodQOSBurstable
			}
		}
	}
	if class == "" {
		return corev1.PodQOSBestEffort
	}
	return class
}

// podLevel tells whether a list holds a resource that a pod can have as a whole.
func podLevel(list corev1.ResourceList) bool {
	for name := range list {
		if name == corev1.ResourceCPU || name == corev1.ResourceMemory || isHugePages(name) {
			return true
		}
	}
	return false
}

func qosOf(r *corev1.ResourceRequirements) corev1.PodQOSClass {
	var class corev1.PodQOSClass
	for _, name := range [...]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := r.Requests[name], r.Limits[name]
		next := corev1.PodQOSGuaranteed
		switch {
		case request.Cmp(limit) != 0:
			return corev1.PodQOSBurstable
		case request.IsZero():
			next = corev1.PodQOSBestEffort
		}
		if class != "" && class != next {
			return corev1.PodQOSBurstable
		}
		class = next
	}
	return class
}
