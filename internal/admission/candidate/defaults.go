package candidate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

// setDefaults fills in what the API server fills in when it reads a pod (pkg/apis/core/v1 of Kubernetes 1.37, gates that are
// off by default left out). A template that comes from an API server has most of it already.
func setDefaults(pod *corev1.Pod) {
	spec := &pod.Spec
	defaultPodSpec(spec)
	eachContainer(spec, func(c *corev1.Container) {
		if spec.HostNetwork {
			for i := range c.Ports {
				if c.Ports[i].HostPort == 0 {
					c.Ports[i].HostPort = c.Ports[i].ContainerPort
				}
			}
		}
		defaultContainer(c)
	})
	for i := range spec.Volumes {
		defaultVolume(&spec.Volumes[i])
	}
	roundUp(spec.Overhead)
	if spec.Resources != nil {
		roundUp(spec.Resources.Limits)
		roundUp(spec.Resources.Requests)
	}
}

func defaultPodSpec(spec *corev1.PodSpec) {
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
	spec.DeprecatedServiceAccount = spec.ServiceAccountName
	defaultTo(&spec.DNSPolicy, corev1.DNSClusterFirst)
	defaultTo(&spec.RestartPolicy, corev1.RestartPolicyAlways)
	defaultTo(&spec.SchedulerName, corev1.DefaultSchedulerName)
	defaultPointer(&spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)
	if *spec.TerminationGracePeriodSeconds < 0 {
		spec.TerminationGracePeriodSeconds = ptr.To[int64](1)
	}
	defaultPointer(&spec.EnableServiceLinks, corev1.DefaultEnableServiceLinks)
	defaultPointer(&spec.SecurityContext, corev1.PodSecurityContext{})
}

// defaultTo sets a value that is not given.
func defaultTo[T comparable](value *T, otherwise T) {
	var none T
	if *value == none {
		*value = otherwise
	}
}

// defaultPointer makes a value that is not given.
func defaultPointer[T any](value **T, otherwise T) {
	if *value == nil {
		*value = &otherwise
	}
}

// milli is the precision that quantities are rounded up to.
const milli = -3

func roundUp(list corev1.ResourceList) {
	for name, quantity := range list {
		quantity.RoundUp(resource.Scale(milli))
		list[name] = quantity
	}
}

// requestLimits makes of each limit that has no request a request.
func requestLimits(resources *corev1.ResourceRequirements) {
	if resources.Limits != nil && resources.Requests == nil {
		resources.Requests = make(corev1.ResourceList)
	}
	addMissing(resources.Requests, resources.Limits)
}

// addMissing copies into a list what only the other one has.
func addMissing(list, other corev1.ResourceList) (added []string) {
	for name, quantity := range other {
		if _, has := list[name]; !has {
			list[name] = quantity.DeepCopy()
			added = append(added, string(name))
		}
	}
	return added
}
