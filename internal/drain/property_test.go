package drain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/drain"
)

// Whatever runs, a drain of all nodes lists every pod on them exactly once, and the counts are those of the list.
func TestADrainOfAllNodesListsEveryPodOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		manifests, want := nodes, []string(nil)
		for i := range rapid.IntRange(0, 8).Draw(r, "workloads") {
			name, namespace := fmt.Sprintf("w%d", i), rapid.SampledFrom([]string{"shop", "strict"}).Draw(r, "namespace")
			kind := rapid.SampledFrom([]string{"ReplicaSet", "DaemonSet", "StatefulSet", "Job", "Pod", "static"}).Draw(r, "kind")
			node := func() string { return rapid.SampledFrom([]string{"a", "b", "cordoned", "lost"}).Draw(r, "node") }
			switch kind {
			case "Pod":
				manifests += bare(namespace, name, node(), "")
				want = append(want, namespace+"/"+name)
			case "static":
				manifests += bare(namespace, name, node(), ", annotations: {kubernetes.io/config.mirror: x}")
				want = append(want, namespace+"/"+name)
			default:
				var pods []string
				for j := range rapid.IntRange(0, 4).Draw(r, "pods") {
					pods = append(pods, fmt.Sprintf("%s-%d@%s", name, j, node()))
					want = append(want, fmt.Sprintf("%s/%s-%d", namespace, name, j))
				}
				given := owned(kind, namespace, name, "", pods...)
				if rapid.Bool().Draw(r, "terminating") {
					given = strings.Replace(given, "labels: {app: ", "deletionTimestamp: '2026-01-01T00:00:00Z', labels: {app: ", 1)
				}
				manifests += given
			}
		}
		p := plannerOf(t, modelOf(t, manifests))
		result := p.Plan(p.Nodes())
		var got []string
		counts := map[drain.Fate]int{}
		for i := range result.Workloads {
			w := &result.Workloads[i]
			for _, pod := range w.Pods {
				got = append(got, w.Namespace+"/"+pod.Name)
			}
			counts[w.Fate] += len(w.Pods)
			if w.Left < 0 || w.Left > w.Running {
				r.Errorf("%s: %d left of %d", w.Workload.Name, w.Left, w.Running)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("(-want +got):\n%s", diff)
		}
		counted := drain.Counts{
			Total: len(want), Denied: counts[drain.Denied], Lost: counts[drain.Lost], Unknown: counts[drain.Unknown],
			ComesBack: counts[drain.ComesBack], Terminating: counts[drain.Terminating], Stays: counts[drain.Stays], Static: counts[drain.Static],
		}
		if diff := cmp.Diff(counted, result.Pods); diff != "" {
			r.Errorf("counts (-want +got):\n%s", diff)
		}
	})
}
