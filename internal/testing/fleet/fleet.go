package fleet

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Size is how much there is of everything.
type Size struct {
	Nodes, Namespaces int
	// Pods counts all of them, those of DaemonSets included.
	Pods int
}

// podsOfWorkload is how many pods a workload has that is no DaemonSet.
const podsOfWorkload = 10

// SystemNamespace is where the DaemonSets run.
const SystemNamespace = "fleet-system"

// Fleet is a cluster to be. Its methods give objects in the order in which they have to be created.
type Fleet struct {
	size   Size
	random *rand.Rand
}

// New returns the fleet of a size and a seed.
func New(size Size, seed uint64) *Fleet {
	return &Fleet{size: size, random: rand.New(rand.NewPCG(seed, 6))}
}

// Workload is a workload with what its controllers would have made of it. Owners are created in their order, and the UID
// that each is given is set on the next and on the pods: see Adopt.
type Workload struct {
	Owners []client.Object
	Pods   []*corev1.Pod
}

// Adopt makes an object, as it was created, the controller of what comes after it.
func (w *Workload) Adopt(at int) {
	owner := w.Owners[at]
	if at+1 < len(w.Owners) {
		own(w.Owners[at+1], owner)
		return
	}
	for _, pod := range w.Pods {
		own(pod, owner)
	}
}

func own(object, owner client.Object) {
	kind := owner.GetObjectKind().GroupVersionKind()
	object.SetOwnerReferences([]metav1.OwnerReference{*metav1.NewControllerRef(owner, kind)})
}

// Nodes are the nodes, all of them workers.
func (f *Fleet) Nodes() []*corev1.Node {
	nodes := make([]*corev1.Node, f.size.Nodes)
	for i := range nodes {
		nodes[i] = &corev1.Node{ObjectMeta: metav1.ObjectMeta{
			Name: nodeName(i), Labels: map[string]string{"kubernetes.io/os": "linux", "kubernetes.io/hostname": nodeName(i)},
		}}
	}
	return nodes
}

// Workloads calls a function for each workload, made one at a time: a fleet of 150,000 pods need not be held at once.
func (f *Fleet) Workloads(each func(*Workload)) {
	left := f.size.Pods
	for _, kind := range daemonSets() {
		each(f.daemonSet(kind))
		left -= f.size.Nodes
	}
	for i := 0; left > 0; i++ {
		pods := min(podsOfWorkload, left)
		each(f.workload(i, pods))
		left -= pods
	}
}

// Count is how many workloads there are.
func (f *Fleet) Count() int {
	rest := f.size.Pods - len(daemonSets())*f.size.Nodes
	return len(daemonSets()) + (max(0, rest)+podsOfWorkload-1)/podsOfWorkload
}

func (f *Fleet) namespaceOf(workload int) string { return namespaceName(workload % f.size.Namespaces) }

func (f *Fleet) anyNode() string { return nodeName(f.random.IntN(f.size.Nodes)) }

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }
func nodeName(i int) string      { return fmt.Sprintf("node-%04d", i) }
