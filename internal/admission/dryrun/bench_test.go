package dryrun_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/daysix/daysix/internal/admission/dryrun"
)

// BenchmarkSubmit is the time of one dry-run against a real API server with the shipped guard, Pod Security and a quiet
// etcd, one after the other and by as many workers as a Loop has. The audit log is off.
func BenchmarkSubmit(b *testing.B) {
	w := startWorld(b, withoutAudit)
	w.namespace(b, "bench", "pod-security.kubernetes.io/enforce: restricted")
	s, err := dryrun.NewSubmitter(w.config, open{}, dryrun.Pace{PerSecond: 1_000_000, Burst: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	c := candidate(b, "bench", web())
	ask := func() {
		if answer := s.Submit(b.Context(), c); answer.Verdict != dryrun.Admitted {
			b.Errorf("answer is %+v", answer)
		}
	}
	ask()
	b.Run("sequential", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ask()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(2) // Of 2 processors: the 4 workers of a Loop.
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				ask()
			}
		})
	})
}

// BenchmarkNewCandidate is the time to strip and hash a small pod: once for each workload that changes.
func BenchmarkNewCandidate(b *testing.B) {
	pod := web()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dryrun.NewCandidate("shop", pod); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQueue is the time to want, ask and answer one question among 20,000 keys.
func BenchmarkQueue(b *testing.B) {
	const keys = 20_000
	q := dryrun.NewQueue[int](dryrun.Pace{PerSecond: 1_000_000_000, Burst: 1_000_000_000}, keys)
	now := time.Unix(1, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Want(i%keys, dryrun.Question{Candidate: dryrun.Hash{byte(i), byte(i >> 8), byte(i >> 16)}, Revision: fmt.Sprint(i / keys)})
		if ask, _, ok := q.Next(now); ok {
			q.Done(ask.Question, dryrun.Answer{Verdict: dryrun.Admitted}, now)
		}
	}
}
