package drain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/daysix/daysix/internal/snapshot"
)

// eviction is a pod that a drain evicts, with its fate.
type eviction struct {
	*snapshot.Placed

	fate Fate
}

// blocking tells which budgets stand in the way of the evictions. all are the pods of the cluster, by namespace.
//
// A budget is asked as the eviction API asks it. Source:
// https://kubernetes.io/docs/tasks/run-application/configure-pdb/
func (f *Facts) blocking(evictions []eviction, all []snapshot.Placed) []Budget {
	names := slices.SortedFunc(maps.Keys(f.budgets), func(a, b types.NamespacedName) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	byNamespace := make(map[string][]eviction)
	for _, e := range evictions {
		byNamespace[e.Namespace] = append(byNamespace[e.Namespace], e)
	}
	asked := make(map[types.NamespacedName][]eviction)
	covering := make(map[types.NamespacedName][]string) // Names of budgets by pod.
	for _, name := range names {
		selector := selectorOf(f.budgets[name])
		for _, e := range byNamespace[name.Namespace] {
			// A pod that does not run yet is evicted without asking anybody.
			if selector.Matches(labels.Set(e.Labels)) && !f.health[e.NamespacedName].pending {
				asked[name] = append(asked[name], e)
				covering[e.NamespacedName] = append(covering[e.NamespacedName], name.Name)
			}
		}
	}
	out := []Budget{}
	for _, name := range names {
		if len(asked[name]) == 0 {
			continue
		}
		b := f.numbers(f.budgets[name], all)
		b.judge(f, f.budgets[name], asked[name])
		b.overlap(asked[name], covering)
		if b.Effect != "" {
			out = append(out, b)
		}
	}
	return out
}

// overlap finds a pod that another budget covers as well: the API server refuses to evict it.
func (b *Budget) overlap(asked []eviction, covering map[types.NamespacedName][]string) {
	for _, e := range asked {
		names := slices.DeleteFunc(slices.Clone(covering[e.NamespacedName]), func(name string) bool { return name == b.Name })
		if len(names) > 0 {
			b.Effect, b.Evictions = Blocks, max(b.Evictions, 1)
			b.Message = fmt.Sprintf("Budget %s covers pod %s too, and a pod of two budgets is not evicted.", names[0], e.Name)
			return
		}
	}
}

// selectorOf matches nothing where the selector cannot be parsed, as the eviction API does.
func selectorOf(b *policyv1.PodDisruptionBudget) labels.Selector {
	selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}

// numbers are those of the status; where no API server has seen the budget, those that its controller would count, with the
// running pods for the number that is wanted.
func (f *Facts) numbers(b *policyv1.PodDisruptionBudget, all []snapshot.Placed) Budget {
	out := Budget{Namespace: b.Namespace, Name: b.Name}
	if b.Generation > 0 || b.Status.ObservedGeneration > 0 {
		s := &b.Status
		out.Healthy, out.Wanted = int(s.CurrentHealthy), int(s.DesiredHealthy)
		out.Expected, out.Allows = int(s.ExpectedPods), int(s.DisruptionsAllowed)
		return out
	}
	out.Assumed = true
	scale := f.count(&out, selectorOf(b), all)
	switch atLeast, atMost := b.Spec.MinAvailable, b.Spec.MaxUnavailable; {
	case atMost != nil:
		out.Expected = scale
		out.Wanted = max(0, scale-scaled(atMost, scale))
	case atLeast != nil && atLeast.Type == intstr.Int:
		out.Wanted = atLeast.IntValue()
	case atLeast != nil:
		out.Expected = scale
		out.Wanted = scaled(atLeast, scale)
	}
	if out.Expected > 0 {
		out.Allows = max(0, out.Healthy-out.Wanted)
	}
	return out
}

// count counts the pods that a budget covers, and returns how many of them have a controller.
func (f *Facts) count(b *Budget, selector labels.Selector, all []snapshot.Placed) (controlled int) {
	first, _ := slices.BinarySearchFunc(all, b.Namespace, func(p snapshot.Placed, namespace string) int {
		return cmp.Compare(p.Namespace, namespace)
	})
	for i := first; i < len(all) && all[i].Namespace == b.Namespace; i++ {
		p := &all[i]
		if p.Terminating || !selector.Matches(labels.Set(p.Labels)) {
			continue
		}
		b.Expected++
		if p.Controlled {
			controlled++
		}
		if f.health[p.NamespacedName].ready {
			b.Healthy++
		}
	}
	return controlled
}

// scaled rounds up. A value that is no percentage, which the API server refuses, counts as none.
func scaled(value *intstr.IntOrString, of int) int {
	n, err := intstr.GetScaledValueFromIntOrPercent(value, of, true)
	if err != nil {
		return 0
	}
	return n
}

// judge decides what the budget does to the evictions.
func (b *Budget) judge(f *Facts, given *policyv1.PodDisruptionBudget, asked []eviction) {
	gone, open := 0, 0
	for _, e := range asked {
		if b.lets(given, f.health[e.NamespacedName]) {
			continue
		}
		b.Evictions++
		switch e.fate {
		case Denied, Lost:
			gone++
		case Unknown:
			open++
		case ComesBack, Terminating, Stays, Static:
		}
	}
	if b.Evictions == 0 {
		return
	}
	synced := meta.FindStatusCondition(given.Status.Conditions, policyv1.DisruptionAllowedCondition)
	switch {
	case given.Status.ObservedGeneration < given.Generation:
		b.Effect, b.Message = Delays, "Its controller has not looked at it yet."
	case synced != nil && synced.Reason == policyv1.SyncFailedReason:
		b.Effect, b.Message = Blocks, "Its controller cannot count the pods: "+synced.Message
	case b.Allows < b.Evictions:
		b.tooFew(gone, open)
	}
}

// tooFew decides where the pods cannot go all at once. gone of them would not come back, and of open it is not known.
func (b *Budget) tooFew(gone, open int) {
	// What it allows when all expected pods are healthy.
	most := b.Expected - b.Wanted
	switch {
	case most <= 0:
		b.Effect, b.Message = Blocks, fmt.Sprintf("It wants %d of %d pods: none may go.", b.Wanted, b.Expected)
	case gone > most:
		b.Effect, b.Message = Blocks, fmt.Sprintf("It lets %d go at most; %d would not come back.", most, gone)
	case gone+open > most:
		b.Effect, b.Message = MayBlock, fmt.Sprintf("It lets %d go at most; %d may not come back.", most, gone+open)
	case gone+open == most && b.Evictions > most:
		b.Effect = MayBlock
		b.Message = fmt.Sprintf("It lets %d go at most. If those go first that may not come back, it lets no other go.", most)
	case b.Allows <= 0:
		b.Effect, b.Message = Delays, fmt.Sprintf("It wants %d healthy pods, and %d are.", b.Wanted, b.Healthy)
	default:
		b.Effect, b.Message = Delays, fmt.Sprintf("It lets %d of %d pods go at a time.", b.Allows, b.Evictions)
	}
}

// lets tells whether a pod that is not ready is evicted whatever the budget allows.
func (b *Budget) lets(given *policyv1.PodDisruptionBudget, pod health) bool {
	if pod.ready {
		return false
	}
	policy := given.Spec.UnhealthyPodEvictionPolicy
	if policy != nil && *policy == policyv1.AlwaysAllow {
		return true
	}
	return b.Wanted > 0 && b.Healthy >= b.Wanted
}
