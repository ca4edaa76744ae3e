package drain

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/snapshot"
)

// PodDisruptionBudgets are read for a drain and for nothing else.
const PodDisruptionBudgets snapshot.Source = "poddisruptionbudgets"

// Facts are what a drain depends on and no assessment does: what nodes there are, which of them a volume can be used from,
// which pods are ready, and the budgets. They are not safe for concurrent use.
type Facts struct {
	nodes   map[string]*corev1.Node
	volumes map[string]*corev1.PersistentVolume
	health  map[types.NamespacedName]health
	budgets map[types.NamespacedName]*policyv1.PodDisruptionBudget
	// budgetState says how well the budgets could be read.
	budgetState snapshot.State
}

// health is what the eviction API looks at in a pod.
type health struct{ ready, pending bool }

// NewFacts returns facts of which nothing has been read yet.
func NewFacts() *Facts {
	return &Facts{
		nodes: make(map[string]*corev1.Node), volumes: make(map[string]*corev1.PersistentVolume),
		health: make(map[types.NamespacedName]health), budgets: make(map[types.NamespacedName]*policyv1.PodDisruptionBudget),
		budgetState: snapshot.NotSynced,
	}
}

// Add takes what a drain depends on from an object, and leaves the object alone. An object of any other kind is ignored.
func (f *Facts) Add(object any) {
	switch o := object.(type) {
	case *corev1.Pod:
		f.health[types.NamespacedName{Namespace: o.Namespace, Name: o.Name}] = healthOf(&o.Status)
	case *corev1.Node:
		f.nodes[o.Name] = &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: o.Name, Labels: o.Labels},
			Spec:       corev1.NodeSpec{Taints: o.Spec.Taints, Unschedulable: o.Spec.Unschedulable},
		}
	case *corev1.PersistentVolume:
		f.volumes[o.Name] = &corev1.PersistentVolume{
			ObjectMeta: metav1.ObjectMeta{Name: o.Name},
			Spec:       corev1.PersistentVolumeSpec{ClaimRef: o.Spec.ClaimRef, NodeAffinity: o.Spec.NodeAffinity},
			Status:     corev1.PersistentVolumeStatus{Phase: o.Status.Phase},
		}
	case *policyv1.PodDisruptionBudget:
		f.budgets[types.NamespacedName{Namespace: o.Namespace, Name: o.Name}] = o
	}
}

// SetBudgets records how well the budgets could be read.
func (f *Facts) SetBudgets(state snapshot.State) { f.budgetState = state }

// Select lists the nodes with labels that match, by name.
func (f *Facts) Select(selector labels.Selector) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		if selector.Matches(labels.Set(f.nodes[name].Labels)) {
			out = append(out, name)
		}
	}
	return out
}

// healthOf takes a pod without a status, as it stands in a manifest, for one that runs and is ready.
func healthOf(status *corev1.PodStatus) health {
	h := health{ready: status.Phase == "", pending: status.Phase == corev1.PodPending}
	for i := range status.Conditions {
		if c := &status.Conditions[i]; c.Type == corev1.PodReady {
			h.ready = c.Status == corev1.ConditionTrue
		}
	}
	return h
}
