package snapshot

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Defaults are the objects that the API server completes a pod from, or refuses it by. They belong to all who read them.
type Defaults struct {
	// LimitRanges and Quotas are those of the workload's namespace, by name. What is used of a quota is told only where it is
	// beyond the limit, else it is 0: the place of a pod that dies is free for its replacement.
	LimitRanges     []*corev1.LimitRange
	Quotas          []*corev1.ResourceQuota
	PriorityClasses []*schedulingv1.PriorityClass
	RuntimeClasses  []*nodev1.RuntimeClass
}

// defaults are those of the whole cluster.
type defaults struct {
	limitRanges     map[string]map[string]*corev1.LimitRange // by namespace and name
	quotas, counted map[string]map[string]*corev1.ResourceQuota
	priorityClasses map[string]*schedulingv1.PriorityClass
	runtimeClasses  map[string]*nodev1.RuntimeClass
}

func newDefaults() defaults {
	return defaults{
		limitRanges:     make(map[string]map[string]*corev1.LimitRange),
		quotas:          make(map[string]map[string]*corev1.ResourceQuota),
		counted:         make(map[string]map[string]*corev1.ResourceQuota),
		priorityClasses: make(map[string]*schedulingv1.PriorityClass),
		runtimeClasses:  make(map[string]*nodev1.RuntimeClass),
	}
}

func (d *defaults) of(namespace string) Defaults {
	return Defaults{
		LimitRanges: byName(d.limitRanges[namespace]), Quotas: byName(d.quotas[namespace]),
		PriorityClasses: byName(d.priorityClasses), RuntimeClasses: byName(d.runtimeClasses),
	}
}

func byName[T any](objects map[string]*T) []*T {
	var out []*T
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		out = append(out, objects[name])
	}
	return out
}

// UpsertLimitRange records a LimitRange. The workloads of its namespace are affected.
func (s *Snapshot) UpsertLimitRange(object *corev1.LimitRange) Affected {
	fresh := &corev1.LimitRange{ObjectMeta: named(object), Spec: object.Spec}
	return setOfNamespace(s, s.defaults.limitRanges, fresh.Namespace, fresh.Name, fresh)
}

// DeleteLimitRange forgets a LimitRange.
func (s *Snapshot) DeleteLimitRange(namespace, name string) Affected {
	return setOfNamespace(s, s.defaults.limitRanges, namespace, name, nil)
}

// UpsertResourceQuota records a ResourceQuota. The workloads of its namespace are affected where its limits change, or what is
// used beyond them.
func (s *Snapshot) UpsertResourceQuota(object *corev1.ResourceQuota) Affected {
	fresh := &corev1.ResourceQuota{ObjectMeta: named(object), Spec: object.Spec, Status: usedBeyond(object)}
	s.setCounted(object.Namespace, object.Name, &corev1.ResourceQuota{ObjectMeta: named(object), Spec: object.Spec, Status: object.Status})
	return setOfNamespace(s, s.defaults.quotas, object.Namespace, object.Name, fresh)
}

// DeleteResourceQuota forgets a ResourceQuota.
func (s *Snapshot) DeleteResourceQuota(namespace, name string) Affected {
	s.setCounted(namespace, name, nil)
	return setOfNamespace(s, s.defaults.quotas, namespace, name, nil)
}

// CountedQuotas are those of a namespace with all that is used of them, by name. That changes with every pod: no view has it, and
// nobody is affected by it.
func (s *Snapshot) CountedQuotas(namespace string) []*corev1.ResourceQuota {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return byName(s.defaults.counted[namespace])
}

func (s *Snapshot) setCounted(namespace, name string, quota *corev1.ResourceQuota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.defaults.counted[namespace] == nil {
		s.defaults.counted[namespace] = make(map[string]*corev1.ResourceQuota)
	}
	set(s.defaults.counted[namespace], name, quota)
	if len(s.defaults.counted[namespace]) == 0 {
		delete(s.defaults.counted, namespace)
	}
}

// usedBeyond is the status of a quota without what is used within its limits, which changes with every pod. A quota that has
// not been counted yet, or comes from a file, is one of which nothing is used.
func usedBeyond(quota *corev1.ResourceQuota) corev1.ResourceQuotaStatus {
	limits := quota.Status.Hard
	if len(limits) == 0 {
		limits = quota.Spec.Hard
	}
	out := corev1.ResourceQuotaStatus{Hard: limits, Used: make(corev1.ResourceList, len(limits))}
	for name, hard := range limits {
		out.Used[name] = resource.Quantity{Format: hard.Format}
		if used := quota.Status.Used[name]; used.Cmp(hard) > 0 {
			out.Used[name] = used
		}
	}
	return out
}

// UpsertPriorityClass records a PriorityClass. The workloads that name it, or that may get it by default, are affected.
func (s *Snapshot) UpsertPriorityClass(object *schedulingv1.PriorityClass) Affected {
	fresh := object.DeepCopy()
	fresh.ObjectMeta, fresh.TypeMeta, fresh.Description = named(object), metav1.TypeMeta{}, ""
	return setOfCluster(s, s.defaults.priorityClasses, fresh.Name, fresh, namesPriorityClass)
}

// DeletePriorityClass forgets a PriorityClass.
func (s *Snapshot) DeletePriorityClass(name string) Affected {
	return setOfCluster(s, s.defaults.priorityClasses, name, nil, namesPriorityClass)
}

// UpsertRuntimeClass records a RuntimeClass. The workloads that name it are affected.
func (s *Snapshot) UpsertRuntimeClass(object *nodev1.RuntimeClass) Affected {
	fresh := object.DeepCopy()
	fresh.ObjectMeta, fresh.TypeMeta = named(object), metav1.TypeMeta{}
	return setOfCluster(s, s.defaults.runtimeClasses, fresh.Name, fresh, namesRuntimeClass)
}

// DeleteRuntimeClass forgets a RuntimeClass.
func (s *Snapshot) DeleteRuntimeClass(name string) Affected {
	return setOfCluster(s, s.defaults.runtimeClasses, name, nil, namesRuntimeClass)
}

// A pod without a class gets the one that is the default of the cluster.
func namesPriorityClass(spec *corev1.PodSpec, name string) bool {
	return spec.PriorityClassName == name || spec.PriorityClassName == ""
}

func namesRuntimeClass(spec *corev1.PodSpec, name string) bool {
	return spec.RuntimeClassName != nil && *spec.RuntimeClassName == name
}

func named(object metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: object.GetNamespace(), Name: object.GetName()}
}

// setOfNamespace puts an object in the place of the one of its name, or takes that away where there is none.
func setOfNamespace[T any](s *Snapshot, all map[string]map[string]*T, namespace, name string, fresh *T) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if equality.Semantic.DeepEqual(all[namespace][name], fresh) {
		return nil
	}
	s.revision++
	if all[namespace] == nil {
		all[namespace] = make(map[string]*T)
	}
	set(all[namespace], name, fresh)
	if len(all[namespace]) == 0 {
		delete(all, namespace)
	}
	changed := collector{}
	maps.Copy(changed, s.byNamespace[namespace])
	return changed.affected()
}

// setOfCluster does the same for an object that belongs to no namespace. Affected are the workloads that use it.
func setOfCluster[T any](s *Snapshot, all map[string]*T, name string, fresh *T, uses func(*corev1.PodSpec, string) bool) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if equality.Semantic.DeepEqual(all[name], fresh) {
		return nil
	}
	s.revision++
	set(all, name, fresh)
	changed := collector{}
	for key := range s.workloads {
		if s.anySpec(key, func(spec *corev1.PodSpec) bool { return uses(spec, name) }) {
			changed.add(key)
		}
	}
	return changed.affected()
}

func set[T any](all map[string]*T, name string, fresh *T) {
	if fresh == nil {
		delete(all, name)
	} else {
		all[name] = fresh
	}
}
