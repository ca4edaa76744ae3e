package attackgraph_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/testing/graphgen"
)

// The largest is the documented limit of Kubernetes; the others show that the cost grows with the size.
var sizes = [...]int{1_500, 15_000, 150_000}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// The limit is 2 s and 256 MiB of live heap for 150,000 pods: the graph, its solution, and the answers of every workload.
func BenchmarkFullBuild(b *testing.B) {
	for _, pods := range sizes {
		c := graphgen.New(pods, 1)
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				g := attackgraph.New()
				c.Fill(g)
				s := g.Solve()
				answers := make([]attackgraph.Answers, 0, len(c.Workloads))
				for i := range c.Workloads {
					a, _ := s.Answers(c.Workloads[i].Key)
					answers = append(answers, a)
				}
				b.StopTimer()
				b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-live")
				b.ReportMetric(float64(c.Pods()), "pods")
				runtime.KeepAlive(g)
				runtime.KeepAlive(s)
				runtime.KeepAlive(answers)
				b.StartTimer()
			}
		})
	}
}

// The limit is 50 ms for 150,000 pods: one pod moves to another node, and whoever's answers changed gets new ones.
func BenchmarkPodMoved(b *testing.B) {
	for _, pods := range sizes {
		c := graphgen.New(pods, 1)
		g := attackgraph.New()
		c.Fill(g)
		s := g.Solve()
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			b.ReportAllocs()
			moves, changed := 0, 0
			for b.Loop() {
				moves++
				c.MovePod(g, moves)
				next := g.Solve()
				for _, key := range next.Changed(s) {
					next.Answers(key)
					changed++
				}
				s = next
			}
			b.ReportMetric(float64(changed)/float64(moves), "changed")
		})
	}
}

// What a top fix costs: the answers of one workload without its token, of those that get anywhere.
func BenchmarkWithout(b *testing.B) {
	for _, pods := range sizes {
		c := graphgen.New(pods, 1)
		g := attackgraph.New()
		c.Fill(g)
		s := g.Solve()
		var risky []attackgraph.Key
		for _, key := range s.Workloads() {
			if a, _ := s.Answers(key); a.ControlPods.Verdict != finding.No {
				risky = append(risky, key)
			}
		}
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			b.ReportAllocs()
			asked := 0
			for b.Loop() {
				s.Without(risky[asked%len(risky)], attackgraph.Gone{Token: asked%2 == 0, Node: asked%2 == 1})
				asked++
			}
			b.ReportMetric(float64(len(risky)), "workloads")
		})
	}
}

// The reverse question, for the target that most workloads reach.
func BenchmarkReaching(b *testing.B) {
	for _, pods := range sizes {
		c := graphgen.New(pods, 1)
		g := attackgraph.New()
		c.Fill(g)
		s := g.Solve()
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			b.ReportAllocs()
			reachers := 0
			for b.Loop() {
				reachers = len(s.Reaching(attackgraph.Vertex{Kind: attackgraph.KindClusterAdmin}))
			}
			b.ReportMetric(float64(reachers), "workloads")
		})
	}
}
