package candidate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
)

// applyPriority writes the value of the pod's class into the pod, of the default class where it names none, and 0 where
// there is no default class either. A value that stands there already has to be the same.
func applyPriority(o *Outcome, classes Objects[schedulingv1.PriorityClass]) {
	spec := &o.Pod.Spec
	if !classes.Known {
		o.unknown(Priority, "PriorityClass", spec.PriorityClassName)
		return
	}
	class := named(classes, spec.PriorityClassName)
	if spec.PriorityClassName == "" {
		class = defaultClass(classes)
	} else if class == nil {
		o.deny(Priority, "PriorityClass", spec.PriorityClassName, "there is no PriorityClass "+spec.PriorityClassName)
		return
	}
	spec.PriorityClassName = class.Name
	preemption := corev1.PreemptLowerPriority
	if class.PreemptionPolicy != nil {
		preemption = *class.PreemptionPolicy
	}
	if spec.Priority != nil && *spec.Priority != class.Value {
		o.deny(Priority, "PriorityClass", class.Name, fmt.Sprintf("spec.priority is %d, the class says %d", *spec.Priority, class.Value))
	}
	if spec.PreemptionPolicy != nil && *spec.PreemptionPolicy != preemption {
		o.deny(Priority, "PriorityClass", class.Name,
			fmt.Sprintf("spec.preemptionPolicy is %s, the class says %s", *spec.PreemptionPolicy, preemption))
	}
	value := class.Value
	spec.Priority, spec.PreemptionPolicy = &value, &preemption
}

// defaultClass is the global default of the lowest value, for there may be several; one without name or value where there
// is none.
func defaultClass(classes Objects[schedulingv1.PriorityClass]) *schedulingv1.PriorityClass {
	lowest := &schedulingv1.PriorityClass{}
	for _, class := range classes.List {
		if class.GlobalDefault && (lowest.Name == "" || class.Value < lowest.Value) {
			lowest = class
		}
	}
	return lowest
}
