package dryrun_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// theModeAsWhole runs guard, loop and submitter together, as the manager does, and counts in the audit log what they asked.
func theModeAsWhole(w *world) func(*testing.T) {
	return func(t *testing.T) {
		const workloads = 50
		w.namespace(t, "mode", "pod-security.kubernetes.io/enforce: baseline")
		g := w.checked(t)
		pace := dryrun.Pace{PerSecond: 50, Burst: 10}
		s, err := dryrun.NewSubmitter(w.config, g, pace)
		if err != nil {
			t.Fatal(err)
		}
		candidates := make([]dryrun.Candidate, workloads)
		for i := range candidates {
			candidates[i] = candidate(t, "mode", web(func(p *corev1.Pod) { p.GenerateName = fmt.Sprintf("web-%d-", i) }))
		}
		told := make(chan int, workloads)
		loop := &dryrun.Loop[int]{
			Queue: dryrun.NewQueue[int](pace, workloads), Asker: s, Gate: g, Clock: clock.RealClock{},
			Candidate: func(i int) (dryrun.Candidate, bool) { return candidates[i], true },
			Notify:    func(i int) { told <- i },
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- loop.Start(ctx) }()
		// ask wants some workloads asked about, and expects one dry-run for each that is to be.
		ask := func(revision string, expected int) {
			t.Helper()
			mark, err := w.Mark()
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			for i, c := range candidates {
				loop.Queue.Want(i, dryrun.Question{Candidate: c.Hash(), Revision: revision})
			}
			for range expected {
				<-told
			}
			t.Logf("%d answers took %v", expected, time.Since(begin).Round(10*time.Millisecond))
			if diff := cmp.Diff(map[cluster.Request]int{dryRun(): expected}, podWrites(t, w, mark)); diff != "" {
				t.Errorf("revision %s asked (-want +got):\n%s", revision, diff)
			}
		}
		ask("r1", workloads)
		candidates[7] = candidate(t, "mode", web())
		ask("r1", 1)
		ask("r2", workloads)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for i, c := range candidates {
			answer, ok := loop.Queue.Answer(i, dryrun.Question{Candidate: c.Hash(), Revision: "r2"})
			if want := (dryrun.Answer{Verdict: dryrun.Admitted}); !ok || !answer.Equal(want) {
				t.Fatalf("the answer of %d is %+v, %v", i, answer, ok)
			}
		}
	}
}

func dryRun() cluster.Request {
	return cluster.Request{User: managerUser, Verb: "create", Resource: "pods", Namespace: "mode", DryRun: true}
}

// podWrites counts what the manager asked of pods in the namespace of the test since the mark.
func podWrites(t *testing.T, w *world, mark cluster.Mark) map[cluster.Request]int {
	t.Helper()
	writes, err := w.Writes(mark, managerUser)
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[cluster.Request]int)
	for _, write := range writes {
		if write.Resource == "pods" && write.Namespace == "mode" {
			write.Code = 0 // It is logged after the answer.
			counts[write]++
		}
	}
	return counts
}
