package candidate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// LimitRanger says by this annotation what it set.
const (
	limitRangerAnnotation   = "kubernetes.io/limit-ranger"
	limitRangerIntroduction = "LimitRanger plugin set: "
)

// applyLimitRanges gives containers the requests and limits that they lack. The API server takes the LimitRanges of a
// namespace in no order that can be known: here it is that of their names.
func applyLimitRanges(o *Outcome, ranges Objects[corev1.LimitRange]) {
	if !ranges.Known {
		o.unknown(LimitRanger, "LimitRange", "")
		return
	}
	for _, limitRange := range sortedRanges(ranges) {
		var set []string
		defaults := containerDefaults(limitRange)
		for _, of := range [...]struct {
			what string
			list []corev1.Container
		}{{"container", o.Pod.Spec.Containers}, {"init container", o.Pod.Spec.InitContainers}} {
			for i := range of.list {
				set = append(set, applyDefaults(&of.list[i], of.what, defaults)...)
			}
		}
		if len(set) > 0 {
			setAnnotation(o.Pod, limitRangerAnnotation, limitRangerIntroduction+strings.Join(set, "; "))
		}
	}
}

func sortedRanges(ranges Objects[corev1.LimitRange]) []*corev1.LimitRange {
	return slices.SortedFunc(slices.Values(ranges.List), func(a, b *corev1.LimitRange) int { return cmp.Compare(a.Name, b.Name) })
}

// containerDefaults are the requests and limits that a LimitRange gives. One that comes from a file has not yet got the
// defaults that the API server derives from its maxima and minima.
func containerDefaults(limitRange *corev1.LimitRange) corev1.ResourceRequirements {
	defaults := corev1.ResourceRequirements{Requests: corev1.ResourceList{}, Limits: corev1.ResourceList{}}
	for i := range limitRange.Spec.Limits {
		item := &limitRange.Spec.Limits[i]
		if item.Type != corev1.LimitTypeContainer {
			continue
		}
		limits := with(item.Default.DeepCopy(), item.Max)
		maps.Copy(defaults.Requests, with(with(item.DefaultRequest.DeepCopy(), limits), item.Min))
		maps.Copy(defaults.Limits, limits)
	}
	return defaults
}

// applyDefaults tells in LimitRanger's words what it added to a container.
func applyDefaults(c *corev1.Container, what string, defaults corev1.ResourceRequirements) []string {
	c.Resources.Limits = with(c.Resources.Limits, nil)
	c.Resources.Requests = with(c.Resources.Requests, nil)
	limits := addMissing(c.Resources.Limits, defaults.Limits)
	requests := addMissing(c.Resources.Requests, defaults.Requests)
	var set []string
	for _, added := range [...]struct {
		kind  string
		names []string
	}{{"request", requests}, {"limit", limits}} {
		if len(added.names) > 0 {
			slices.Sort(added.names)
			set = append(set, strings.Join(added.names, ", ")+" "+added.kind+" for "+what+" "+c.Name)
		}
	}
	return set
}

// checkLimitRanges compares containers and the pod with the bounds of the namespace.
func checkLimitRanges(o *Outcome, ranges Objects[corev1.LimitRange]) {
	for _, limitRange := range sortedRanges(ranges) {
		for i := range limitRange.Spec.Limits {
			item := &limitRange.Spec.Limits[i]
			for _, violation := range violations(item, o.Pod) {
				o.deny(LimitRanger, "LimitRange", limitRange.Name, violation)
			}
		}
	}
}
