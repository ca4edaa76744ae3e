package candidate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"
)

// countPods counts pods by object, whatever their phase; ResourcePods counts those that have not ended.
const countPods corev1.ResourceName = "count/pods"

// Quotas tells which quotas of its namespace would refuse a pod in the place of one that has died; died is nil where the pod
// comes in addition. The pod is the one that Admit returns. What the API server's own configuration limits beside the
// quotas is not visible.
//
// A quota whose usage has not been counted refuses all pods until it is; one that no API server has seen is Unknown.
func Quotas(pod, died *corev1.Pod, quotas Objects[corev1.ResourceQuota]) ([]Denial, []Unknown) {
	var o Outcome
	if !quotas.Known {
		o.unknown(ResourceQuota, "ResourceQuota", "")
		return nil, o.Unknown
	}
	byName := func(a, b *corev1.ResourceQuota) int { return cmp.Compare(a.Name, b.Name) }
	for _, quota := range slices.SortedFunc(slices.Values(quotas.List), byName) {
		switch {
		case len(quota.Status.Hard) == 0 && len(quota.Spec.Hard) > 0:
			o.unknown(ResourceQuota, "ResourceQuota", quota.Name)
		case inScope(quota, pod):
			for _, message := range exceeded(quota, pod, died) {
				o.deny(ResourceQuota, "ResourceQuota", quota.Name, message)
			}
		}
	}
	return o.Denials, o.Unknown
}

// exceeded tells, by resource, what a pod lacks or where it goes beyond the quota.
func exceeded(quota *corev1.ResourceQuota, pod, died *corev1.Pod) []string {
	var tracked []corev1.ResourceName
	for _, name := range slices.Sorted(maps.Keys(quota.Status.Hard)) {
		if trackedOfPods(name) {
			tracked = append(tracked, name)
		}
	}
	if missing := missingRequests(pod, tracked); len(missing) > 0 {
		return missing
	}
	usage, freed := podUsage(pod), corev1.ResourceList{}
	if died != nil && inScope(quota, died) {
		freed = podUsage(died)
	}
	var messages []string
	for _, name := range tracked {
		used, counted := quota.Status.Used[name]
		if !counted {
			messages = append(messages, string(name)+": the usage has not been counted yet")
			continue
		}
		asked, hard := usage[name], quota.Status.Hard[name]
		after := used.DeepCopy()
		after.Sub(freed[name])
		left := after.DeepCopy()
		after.Add(asked)
		if !asked.IsZero() && after.Cmp(hard) > 0 {
			messages = append(messages, fmt.Sprintf("%s: the pod takes %s, others use %s of %s", name, &asked, &left, &hard))
		}
	}
	return messages
}

// trackedOfPods tells whether a quota on a resource is about pods.
func trackedOfPods(name corev1.ResourceName) bool {
	switch name {
	case countPods, corev1.ResourcePods, corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage,
		corev1.ResourceRequestsCPU, corev1.ResourceRequestsMemory, corev1.ResourceRequestsEphemeralStorage,
		corev1.ResourceLimitsCPU, corev1.ResourceLimitsMemory, corev1.ResourceLimitsEphemeralStorage:
		return true
	default:
		plain, requests := strings.CutPrefix(string(name), corev1.DefaultResourceRequestsPrefix)
		return isHugePages(corev1.ResourceName(plain)) || requests && isExtended(corev1.ResourceName(plain))
	}
}

// isExtended tells whether a resource is that of a device, by a plugin or by a device class.
func isExtended(name corev1.ResourceName) bool {
	native := !strings.Contains(string(name), "/") || strings.Contains(string(name), corev1.ResourceDefaultNamespacePrefix)
	return !native || strings.HasPrefix(string(name), resourcev1.ResourceDeviceClassPrefix)
}

// podUsage is what a pod is charged for.
func podUsage(pod *corev1.Pod) corev1.ResourceList {
	one := *resource.NewQuantity(1, resource.DecimalSI)
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return corev1.ResourceList{countPods: one}
	}
	options := resourcehelper.PodResourcesOptions{UseStatusResources: true}
	usage := charge(resourcehelper.PodRequests(pod, options), resourcehelper.PodLimits(pod, options))
	usage[countPods], usage[corev1.ResourcePods] = one, one
	return usage
}

// charge names requests and limits as quotas do.
func charge(requests, limits corev1.ResourceList) corev1.ResourceList {
	usage := corev1.ResourceList{}
	for name, quantity := range requests {
		switch {
		case name == corev1.ResourceCPU, name == corev1.ResourceMemory, name == corev1.ResourceEphemeralStorage, isHugePages(name):
			usage[name], usage[corev1.DefaultResourceRequestsPrefix+name] = quantity, quantity
		case isExtended(name):
			usage[corev1.DefaultResourceRequestsPrefix+name] = quantity
		}
	}
	for _, name := range [...]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if quantity, limited := limits[name]; limited {
			usage["limits."+name] = quantity
		}
	}
	return usage
}

// missingRequests are the containers that do not give what a quota on cpu or memory wants given by every container. The
// resources of the pod as a whole stand for all.
func missingRequests(pod *corev1.Pod, tracked []corev1.ResourceName) []string {
	if resourcehelper.IsPodLevelResourcesSet(pod) {
		return nil
	}
	var messages []string
	for _, name := range tracked {
		switch name {
		case corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceRequestsCPU, corev1.ResourceRequestsMemory,
			corev1.ResourceLimitsCPU, corev1.ResourceLimitsMemory:
		default:
			continue
		}
		eachContainer(&pod.Spec, func(c *corev1.Container) {
			if _, given := charge(c.Resources.Requests, c.Resources.Limits)[name]; !given {
				messages = append(messages, fmt.Sprintf("%s: container %s does not say how much it takes", name, c.Name))
			}
		})
	}
	return messages
}
