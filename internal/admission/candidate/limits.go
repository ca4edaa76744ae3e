package candidate

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"
)

// violations are the bounds of one item of a LimitRange that a pod breaks: containers before init containers, then minimum,
// maximum and ratio, each by resource.
func violations(item *corev1.LimitRangeItem, pod *corev1.Pod) []string {
	switch item.Type {
	case corev1.LimitTypeContainer:
		var list []string
		for i := range pod.Spec.Containers {
			list = append(list, broken(item, "container "+pod.Spec.Containers[i].Name, pod.Spec.Containers[i].Resources)...)
		}
		for i := range pod.Spec.InitContainers {
			list = append(list, broken(item, "init container "+pod.Spec.InitContainers[i].Name, pod.Spec.InitContainers[i].Resources)...)
		}
		return list
	case corev1.LimitTypePod:
		options := resourcehelper.PodResourcesOptions{ExcludeOverhead: true}
		return broken(item, "pod", corev1.ResourceRequirements{
			Requests: resourcehelper.PodRequests(pod, options), Limits: resourcehelper.PodLimits(pod, options),
		})
	default:
		return nil
	}
}

func broken(item *corev1.LimitRangeItem, who string, has corev1.ResourceRequirements) []string {
	var list []string
	for _, bound := range [...]struct {
		values corev1.ResourceList
		test   func(bound resource.Quantity, request, limit *resource.Quantity) string
	}{{item.Min, belowMinimum}, {item.Max, aboveMaximum}, {item.MaxLimitRequestRatio, aboveRatio}} {
		for _, name := range slices.Sorted(maps.Keys(bound.values)) {
			if message := bound.test(bound.values[name], quantityOf(has.Requests, name), quantityOf(has.Limits, name)); message != "" {
				list = append(list, fmt.Sprintf("%s: %s %s", who, name, message))
			}
		}
	}
	return list
}

// quantityOf is nil where a list does not have the resource.
func quantityOf(list corev1.ResourceList, name corev1.ResourceName) *resource.Quantity {
	if quantity, has := list[name]; has {
		return &quantity
	}
	return nil
}

func belowMinimum(bound resource.Quantity, request, limit *resource.Quantity) string {
	switch {
	case request == nil:
		return "has no request, the minimum is " + bound.String()
	case request.Cmp(bound) < 0:
		return "request " + request.String() + " is below the minimum of " + bound.String()
	case limit != nil && limit.Cmp(bound) < 0:
		return "limit " + limit.String() + " is below the minimum of " + bound.String()
	default:
		return ""
	}
}

func aboveMaximum(bound resource.Quantity, request, limit *resource.Quantity) string {
	switch {
	case limit == nil:
		return "has no limit, the maximum is " + bound.String()
	case limit.Cmp(bound) > 0:
		return "limit " + limit.String() + " is above the maximum of " + bound.String()
	case request != nil && request.Cmp(bound) > 0:
		return "request " + request.String() + " is above the maximum of " + bound.String()
	default:
		return ""
	}
}

// aboveRatio computes in floating point as the API server does, so that the two agree at the bound.
func aboveRatio(bound resource.Quantity, request, limit *resource.Quantity) string {
	switch {
	case request == nil || request.IsZero():
		return "has no request, the limit may be " + bound.String() + " times the request"
	case limit == nil || limit.IsZero():
		return "has no limit, the limit may be " + bound.String() + " times the request"
	}
	ratio := float64(limit.MilliValue()) / float64(request.MilliValue())
	if request.Value() > resource.MaxMilliValue || limit.Value() > resource.MaxMilliValue || bound.Value() > resource.MaxMilliValue {
		ratio = float64(limit.Value()) / float64(request.Value())
	}
	if ratio*1000 > float64(bound.MilliValue()) {
		return "limit " + limit.String() + " is more than " + bound.String() + " times the request of " + request.String()
	}
	return ""
}
