package drain

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"github.com/daysix/daysix/internal/snapshot"
)

// places are the nodes that pods can go to. Only what the API says for certain rules a node out: its labels, its taints, a
// cordon, and the volumes that cannot be used from it. Whether there is room is the scheduler's affair.
type places struct {
	// known is false where it is not known what nodes there are.
	known   bool
	drained map[string]bool
	others  []*corev1.Node
	// byClaim are the volumes that can be used from some nodes only.
	byClaim map[types.NamespacedName]*corev1.PersistentVolume
}

func newPlaces(f *Facts, known bool, drained []string) *places {
	p := &places{known: known, drained: make(map[string]bool), byClaim: make(map[types.NamespacedName]*corev1.PersistentVolume)}
	for _, name := range drained {
		p.drained[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		if !p.drained[name] {
			p.others = append(p.others, f.nodes[name])
		}
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(f.volumes))) {
		if v := f.volumes[name]; v.Status.Phase != corev1.VolumeReleased && v.Status.Phase != corev1.VolumeFailed &&
			v.Spec.ClaimRef != nil && v.Spec.NodeAffinity != nil && v.Spec.NodeAffinity.Required != nil {
			p.byClaim[types.NamespacedName{Namespace: v.Spec.ClaimRef.Namespace, Name: v.Spec.ClaimRef.Name}] = v
		}
	}
	return p
}

// missing says why a replacement of the pod may not find a node; nil where one may take it.
func (p *places) missing(pod *snapshot.Placed, r *snapshot.Replacement) *NoPlace {
	spec := r.Basis().Spec.Whole
	if r.Template != nil && spec.NodeName != "" {
		if p.drained[spec.NodeName] {
			return &NoPlace{NodePinned, "spec.nodeName of its template is " + spec.NodeName + ": it starts there again, cordoned or not."}
		}
		return nil
	}
	if !p.known {
		return nil
	}
	open := keep(p.others, func(n *corev1.Node) bool { return takes(n, spec.Tolerations) })
	if len(open) == 0 {
		return &NoPlace{NoOtherNode, "No other node takes it: there is none, or it is cordoned or tainted."}
	}
	affinity := nodeaffinity.NewRequiredNodeAffinity(spec.NodeSelector, spec.Affinity)
	chosen := keep(open, func(n *corev1.Node) bool {
		matches, err := affinity.Match(n)
		return matches || err != nil
	})
	if len(chosen) == 0 {
		return &NoPlace{NodeAffinity, "No other node that takes it matches its nodeSelector and node affinity."}
	}
	volumes := p.volumesOf(pod)
	if len(keep(chosen, func(n *corev1.Node) bool { return usable(volumes, n) })) > 0 {
		return nil
	}
	names := make([]string, len(volumes))
	for i, v := range volumes {
		names[i] = v.Name
	}
	return &NoPlace{VolumeAffinity, "No other node that takes it can use PersistentVolume " + strings.Join(names, " and ") + "."}
}

func keep(nodes []*corev1.Node, is func(*corev1.Node) bool) []*corev1.Node {
	var out []*corev1.Node
	for _, n := range nodes {
		if is(n) {
			out = append(out, n)
		}
	}
	return out
}

// volumesOf are the volumes of a pod that can be used from some nodes only.
func (p *places) volumesOf(pod *snapshot.Placed) []*corev1.PersistentVolume {
	var out []*corev1.PersistentVolume
	for _, claim := range pod.Claims {
		if v := p.byClaim[types.NamespacedName{Namespace: pod.Namespace, Name: claim}]; v != nil {
			out = append(out, v)
		}
	}
	return out
}

func usable(volumes []*corev1.PersistentVolume, n *corev1.Node) bool {
	for _, v := range volumes {
		selector, err := nodeaffinity.NewNodeSelector(v.Spec.NodeAffinity.Required)
		if err == nil && !selector.Match(n) {
			return false
		}
	}
	return true
}

// takes tells whether neither a cordon nor a taint keeps a pod with these tolerations off a node.
func takes(n *corev1.Node, tolerations []corev1.Toleration) bool {
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	if n.Spec.Unschedulable && !tolerated(&cordon, tolerations) {
		return false
	}
	for i := range n.Spec.Taints {
		if t := &n.Spec.Taints[i]; t.Effect != corev1.TaintEffectPreferNoSchedule && !tolerated(t, tolerations) {
			return false
		}
	}
	return true
}

// tolerated takes an operator that compares, or that is not known, for one that tolerates: what is not certain is not said.
func tolerated(taint *corev1.Taint, tolerations []corev1.Toleration) bool {
	return slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
		switch {
		case t.Effect != "" && t.Effect != taint.Effect, t.Key != "" && t.Key != taint.Key:
			return false
		case t.Operator == "" || t.Operator == corev1.TolerationOpEqual:
			return t.Value == taint.Value
		default:
			return true
		}
	})
}
