package snapshot

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// Snapshot is the model of the cluster. It is safe for concurrent use; objects that are given to it must not be changed
// afterwards.
type Snapshot struct {
	mu           sync.RWMutex
	revision     uint64
	surroundings uint64
	addressing   uint64
	sources      map[Source]State

	pods            map[types.NamespacedName]*pod
	owners          map[Key]*Owner
	nodes           map[string]*node
	namespaces      map[string]*Namespace
	serviceAccounts map[types.NamespacedName]*ServiceAccount
	volumes         map[string]boundVolume                       // by PersistentVolume
	claims          map[types.NamespacedName]map[string]struct{} // PersistentVolumes by the claim they are bound to

	defaults          defaults
	controlPlaneNodes int
	specs             specs

	// Indexes over the above.
	workloads   map[Key]*workload
	byNamespace map[string]map[Key]struct{}
	byOwner     map[Key]map[types.NamespacedName]struct{} // pods by their direct owner
	owned       map[Key]map[Key]struct{}                  // owners by their controller
	asking      map[string]map[Key]struct{}               // workloads by a namespace that their assessment asked about

	levels     levels
	secrets    secrets
	configMaps configMaps
}

// workload is what is known under a key: its owner object, its pods, or both.
type workload struct {
	pods map[types.NamespacedName]*pod
	// asked are the namespaces that the last assessment asked about.
	asked []string
}

// New returns an empty snapshot in which no source has been read yet. Secrets and ConfigMaps are not asked for.
func New() *Snapshot {
	s := &Snapshot{
		sources:         make(map[Source]State),
		pods:            make(map[types.NamespacedName]*pod),
		owners:          make(map[Key]*Owner),
		nodes:           make(map[string]*node),
		namespaces:      make(map[string]*Namespace),
		serviceAccounts: make(map[types.NamespacedName]*ServiceAccount),
		volumes:         make(map[string]boundVolume),
		claims:          make(map[types.NamespacedName]map[string]struct{}),
		defaults:        newDefaults(),
		specs:           newSpecs(),
		workloads:       make(map[Key]*workload),
		byNamespace:     make(map[string]map[Key]struct{}),
		byOwner:         make(map[Key]map[types.NamespacedName]struct{}),
		owned:           make(map[Key]map[Key]struct{}),
		asking:          make(map[string]map[Key]struct{}),
		levels:          newLevels(),
		secrets:         newSecrets(),
		configMaps:      configMaps{state: NotEnabled, hosts: make(map[types.NamespacedName]map[string]string)},
	}
	for _, source := range Sources() {
		s.sources[source] = NotSynced
	}
	s.sources[Secrets] = NotEnabled
	return s
}

// Surroundings counts the changes so far of nodes, ServiceAccounts and token Secrets: what rights lead to, whoever runs there.
func (s *Snapshot) Surroundings() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.surroundings
}

// Revision counts the changes so far.
func (s *Snapshot) Revision() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.revision
}

// Workloads lists the workloads that exist, in order.
func (s *Snapshot) Workloads() []Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make(collector, len(s.workloads))
	all.addAll(s.workloads)
	return all.affected()
}

// Waiting counts the pods that belong to no workload yet, because their owner has not been seen; see Lost.
func (s *Snapshot) Waiting() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	waiting := 0
	for _, p := range s.pods {
		if p.workload == (Key{}) {
			waiting++
		}
	}
	return waiting
}

// ensure returns the workload of a key, making it known where it is not.
func (s *Snapshot) ensure(key Key, changed collector) *workload {
	if w, ok := s.workloads[key]; ok {
		return w
	}
	w := &workload{pods: make(map[types.NamespacedName]*pod)}
	s.workloads[key] = w
	s.inhabit(key.Namespace, changed, func() { add(s.byNamespace, key.Namespace, key) })
	return w
}

// release forgets a workload that has neither pods nor an owner object that would make some.
func (s *Snapshot) release(key Key, changed collector) {
	w, ok := s.workloads[key]
	if !ok || len(w.pods) > 0 {
		return
	}
	if o, ok := s.owners[key]; ok && o.isWorkload() {
		return
	}
	for _, namespace := range w.asked {
		remove(s.asking, namespace, key)
	}
	delete(s.workloads, key)
	s.inhabit(key.Namespace, changed, func() { remove(s.byNamespace, key.Namespace, key) })
}

func add[K, V comparable](index map[K]map[V]struct{}, key K, value V) {
	if index[key] == nil {
		index[key] = make(map[V]struct{})
	}
	index[key][value] = struct{}{}
}

func remove[K, V comparable](index map[K]map[V]struct{}, key K, value V) {
	delete(index[key], value)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}
