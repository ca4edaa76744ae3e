package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// The labels, and the keys of the taints, that kubeadm and its kin put on control-plane nodes. The second is what the
// first was called before 1.24.
const (
	controlPlaneLabel = "node-role.kubernetes.io/control-plane"
	masterLabel       = "node-role.kubernetes.io/master"
)

func isControlPlaneLabel(key string) bool { return key == controlPlaneLabel || key == masterLabel }

// placement is why a pod runs, or may run, on a control-plane node.
type placement struct {
	field, value string
	// certain is false where the scheduler chooses.
	certain bool
}

// controlPlanePlacement tells whether the pod runs on a control-plane node (certain), is sent there (certain), or may
// be scheduled there.
func (p *Pod) controlPlanePlacement() (placement, bool) {
	if p.Placement.ControlPlane {
		return placement{"spec.nodeName", p.Spec.NodeName, true}, true
	}
	if p.Placement.NoControlPlane {
		return placement{}, false
	}
	for _, label := range [...]string{controlPlaneLabel, masterLabel} {
		if value, ok := p.Spec.NodeSelector[label]; ok {
			return placement{"spec.nodeSelector[" + label + "]", value, true}, true
		}
	}
	if required := requiredNodeTerms(p.Spec); len(required) > 0 {
		wanted, excluded := countTerms(required)
		switch {
		case excluded == len(required):
			return placement{}, false
		case wanted == len(required):
			return placement{requiredNodeTermsField, controlPlaneLabel, true}, true
		}
	}
	for i := range p.Spec.Tolerations {
		if toleratesControlPlane(&p.Spec.Tolerations[i]) {
			return placement{"spec.tolerations[" + strconv.Itoa(i) + "]", p.Spec.Tolerations[i].Key, false}, true
		}
	}
	return placement{}, false
}

const requiredNodeTermsField = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"

func requiredNodeTerms(spec *corev1.PodSpec) []corev1.NodeSelectorTerm {
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil ||
		spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// countTerms counts the terms that only a control-plane node matches, and those that none matches. A node has to
// match one of the terms, and of a term every expression.
func countTerms(terms []corev1.NodeSelectorTerm) (wanted, excluded int) {
	for i := range terms {
		switch term := &terms[i]; {
		case hasRoleExpression(term, corev1.NodeSelectorOpDoesNotExist):
			excluded++
		case hasRoleExpression(term, corev1.NodeSelectorOpExists), hasRoleExpression(term, corev1.NodeSelectorOpIn):
			wanted++
		}
	}
	return wanted, excluded
}

func hasRoleExpression(term *corev1.NodeSelectorTerm, operator corev1.NodeSelectorOperator) bool {
	for i := range term.MatchExpressions {
		if e := &term.MatchExpressions[i]; e.Operator == operator && isControlPlaneLabel(e.Key) {
			return true
		}
	}
	return false
}

// toleratesControlPlane: control-plane nodes carry their taint with the effect NoSchedule, and with no value.
func toleratesControlPlane(t *corev1.Toleration) bool {
	if t.Effect != "" && t.Effect != corev1.TaintEffectNoSchedule {
		return false
	}
	if t.Key == "" {
		return t.Operator == corev1.TolerationOpExists
	}
	return isControlPlaneLabel(t.Key) && (t.Operator == corev1.TolerationOpExists || t.Value == "")
}
