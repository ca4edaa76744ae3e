package fleet

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func encoded(t *testing.T, f *Fleet) string {
	t.Helper()
	var workloads []*Workload
	f.Workloads(func(w *Workload) { workloads = append(workloads, w) })
	data, err := json.Marshal([]any{f.Nodes(), f.Surroundings(), workloads, f.Policies()})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSameSeedSameBytes(t *testing.T) {
	size := Size{Nodes: 5, Namespaces: 4, Pods: 200}
	if diff := cmp.Diff(encoded(t, New(size, 7)), encoded(t, New(size, 7))); diff != "" {
		t.Errorf("two fleets of one seed differ:\n%s", diff)
	}
	if encoded(t, New(size, 7)) == encoded(t, New(size, 8)) {
		t.Error("two seeds give the same fleet")
	}
}

func TestFleetHasTheSizeThatWasAskedFor(t *testing.T) {
	for _, size := range []Size{{Nodes: 5, Namespaces: 4, Pods: 200}, {Nodes: 10, Namespaces: 3, Pods: 30}, {Nodes: 7, Namespaces: 2, Pods: 104}} {
		f := New(size, 1)
		pods, workloads := 0, 0
		names := map[string]bool{}
		f.Workloads(func(w *Workload) {
			workloads++
			for _, pod := range w.Pods {
				names[pod.Namespace+"/"+pod.Name] = true
			}
			pods += len(w.Pods)
		})
		if pods != size.Pods || workloads != f.Count() || len(names) != pods || len(f.Nodes()) != size.Nodes {
			t.Errorf("%+v: %d pods of %d names, %d workloads where Count says %d", size, pods, len(names), workloads, f.Count())
		}
	}
}
