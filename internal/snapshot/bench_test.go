package snapshot

import (
	"fmt"
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// go test ./internal/snapshot -run '^$' -bench UpsertPod
func BenchmarkUpsertPod(b *testing.B) {
	owner := ownedBy("apps/v1", "StatefulSet", "db")
	b.Run("new pod of a known shape", func(b *testing.B) {
		s := synced(statefulSet("db"), newPod("db-0", owner))
		pods := make([]*corev1.Pod, 1024)
		for i := range pods {
			pods[i] = newPod(fmt.Sprintf("db-%d", i+1), owner, onNode("one"), token("abcde"))
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			pod := pods[i%len(pods)]
			if i >= len(pods) {
				s.DeletePod(namespacedName(pod))
			}
			upsert(s, pod)
		}
	})
	b.Run("status that changes nothing", func(b *testing.B) {
		pod := newPod("db-0", owner, onNode("one"), token("abcde"))
		s := synced(statefulSet("db"), pod)
		b.ReportAllocs()
		for b.Loop() {
			upsert(s, pod)
		}
	})
}

// The objects are dropped after they are given to the snapshot, as a cache that keeps nothing would.
func BenchmarkHeapPerPod(b *testing.B) {
	const workloads, replicas = 2000, 5
	for b.Loop() {
		before := liveHeap()
		s := New()
		for w := range workloads {
			name := fmt.Sprintf("web-%d", w)
			upsert(s, replicaSet(name+"-1", controller("apps/v1", "Deployment", name, name)...))
			upsert(s, deployment(name))
			for r := range replicas {
				upsert(s, newPod(fmt.Sprintf("%s-1-%d", name, r),
					ownedBy("apps/v1", "ReplicaSet", name+"-1"), onNode(fmt.Sprintf("node-%d", r)), token("abcde")))
			}
		}
		b.ReportMetric(float64(liveHeap()-before)/(workloads*replicas), "heap-B/pod")
		runtime.KeepAlive(s)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
