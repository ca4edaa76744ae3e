package candidate

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// applyRuntimeClass gives the pod the overhead of its class, and the nodes that the class runs on.
func applyRuntimeClass(o *Outcome, classes Objects[nodev1.RuntimeClass]) {
	spec := &o.Pod.Spec
	if spec.RuntimeClassName == nil {
		return
	}
	name := *spec.RuntimeClassName
	if !classes.Known {
		o.unknown(RuntimeClass, "RuntimeClass", name)
		return
	}
	class := named(classes, name)
	if class == nil {
		o.deny(RuntimeClass, "RuntimeClass", name, "there is no RuntimeClass "+name)
		return
	}
	if class.Overhead != nil && len(spec.Overhead) == 0 {
		spec.Overhead = class.Overhead.PodFixed.DeepCopy()
	}
	if class.Scheduling != nil {
		schedule(o, class)
	}
}

func schedule(o *Outcome, class *nodev1.RuntimeClass) {
	spec := &o.Pod.Spec
	for _, key := range slices.Sorted(maps.Keys(class.Scheduling.NodeSelector)) {
		value := class.Scheduling.NodeSelector[key]
		if own, selects := spec.NodeSelector[key]; selects && own != value {
			o.deny(RuntimeClass, "RuntimeClass", class.Name,
				fmt.Sprintf("spec.nodeSelector[%s] is %s, the class runs on nodes of %s", key, own, value))
			return
		}
		set(&spec.NodeSelector, key, value)
	}
	spec.Tolerations = mergeTolerations(slices.Concat(spec.Tolerations, class.Scheduling.Tolerations))
}

// checkOverhead refuses an overhead that is not the one of the class.
func checkOverhead(o *Outcome, classes Objects[nodev1.RuntimeClass]) {
	spec := &o.Pod.Spec
	if spec.RuntimeClassName == nil && spec.Overhead != nil {
		o.deny(RuntimeClass, "RuntimeClass", "", "spec.overhead is set without a RuntimeClass")
		return
	}
	if spec.RuntimeClassName == nil {
		return
	}
	class := named(classes, *spec.RuntimeClassName)
	switch {
	case class == nil:
	case class.Overhead == nil && spec.Overhead != nil:
		o.deny(RuntimeClass, "RuntimeClass", class.Name, "spec.overhead is set, the class has none")
	case class.Overhead != nil && !equality.Semantic.DeepEqual(class.Overhead.PodFixed, spec.Overhead):
		o.deny(RuntimeClass, "RuntimeClass", class.Name, "spec.overhead is not that of the class")
	}
}

// mergeTolerations leaves out what another toleration covers; of equal ones the first stays.
func mergeTolerations(all []corev1.Toleration) []corev1.Toleration {
	var merged []corev1.Toleration
	for i, t := range all {
		redundant := slices.ContainsFunc(merged, func(other corev1.Toleration) bool { return covers(other, t) }) ||
			slices.ContainsFunc(all[i+1:], func(other corev1.Toleration) bool {
				return !equality.Semantic.DeepEqual(t, other) && covers(other, t)
			})
		if !redundant {
			merged = append(merged, t)
		}
	}
	return merged
}

// covers tells whether all that one toleration tolerates, another does.
func covers(other, t corev1.Toleration) bool {
	if equality.Semantic.DeepEqual(t, other) {
		return true
	}
	everyKey := other.Key == "" && other.Operator == corev1.TolerationOpExists
	if t.Key != other.Key && !everyKey || t.Effect != other.Effect && other.Effect != "" || outlasts(t, other) {
		return false
	}
	switch other.Operator {
	case corev1.TolerationOpExists:
		return true
	case corev1.TolerationOpEqual, "":
		return t.Operator == corev1.TolerationOpEqual && t.Value == other.Value
	default:
		return false
	}
}

// outlasts tells whether a toleration lets a pod stay on its node for longer than another one, where that sets a time.
func outlasts(t, other corev1.Toleration) bool {
	if other.Effect != corev1.TaintEffectNoExecute || other.TolerationSeconds == nil {
		return false
	}
	return t.TolerationSeconds == nil || *t.TolerationSeconds > *other.TolerationSeconds
}
