package posture

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionScheduler = "The scheduler decides whether the pod runs on a control-plane node."

// A control-plane node holds the keys of the cluster: the CA, etcd, the credentials of the administrator. Root there,
// or reading its files, is cluster-admin; so this check reads what the checks before it have found.
//
// Fields: spec.nodeSelector, spec.affinity.nodeAffinity (required), spec.tolerations; the labels of the pod's node
// Finds:  a role label selected, or its taint tolerated, by key or by a key-less Exists; a pod that is there already
// Certain where the pod is there or is sent there, conditional where the scheduler chooses. Multiplies NodeRoot and
// NodeRead; where both the place and the access are conditional there is nothing to multiply yet. nodeName alone
// names no role: the node's labels do.
func controlPlanePlacement() Check {
	return Check{
		ID:        "ControlPlanePlacement",
		Catalogue: []string{"P20"},
		Title:     "Pod runs, or may run, on a control-plane node",
		Worst:     finding.ClusterAdmin,
		Find:      findControlPlanePlacement,
		Breaks:    "The pod is no longer scheduled to control-plane nodes: an agent that has to run on every node leaves them out.",
		Fix: func(spec *corev1.PodSpec) {
			delete(spec.NodeSelector, controlPlaneLabel)
			delete(spec.NodeSelector, masterLabel)
			if terms := requiredNodeTerms(spec); len(terms) > 0 {
				if wanted, _ := countTerms(terms); wanted == len(terms) {
					spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = nil
				}
			}
			spec.Tolerations = slices.DeleteFunc(spec.Tolerations, func(t corev1.Toleration) bool {
				return toleratesControlPlane(&t)
			})
		},
	}
}

func findControlPlanePlacement(p *Pod, out *Findings) {
	place, ok := p.controlPlanePlacement()
	if !ok {
		return
	}
	found := finding.Finding{
		Consequence: finding.EscapeAid,
		Field:       place.field,
		Value:       place.value,
		Message:     "Whatever leads out of the pod leads to the node that holds the keys of the cluster.",
		Remediation: "Keep the pod off control-plane nodes: remove the toleration or the selector.",
	}
	if !place.certain {
		found.Condition = conditionScheduler
	}
	access := accessToNode(out.All())
	if access != nil && (place.certain || access.Condition == "") {
		found.Consequence = finding.ClusterAdmin
		found.Hops = 2 // The node, then the keys that lie on it.
		found.Condition = firstCondition(found.Condition, access.Condition)
		found.Message = "By " + string(access.Check) + " the pod reaches the keys of the cluster on a control-plane node."
	}
	out.Add(found)
}

// accessToNode is a finding that gives the node's files or root on it, one without a condition where there is one.
func accessToNode(found []finding.Finding) *finding.Finding {
	var best *finding.Finding
	for i := range found {
		f := &found[i]
		if f.Consequence != finding.NodeRoot && f.Consequence != finding.NodeRead {
			continue
		}
		if f.Condition == "" {
			return f
		}
		if best == nil {
			best = f
		}
	}
	return best
}
