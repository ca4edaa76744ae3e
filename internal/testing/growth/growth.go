// Package growth compares what work costs on an object with what it costs on one of twice the size, both in one run. What is
// counted is what is allocated: unlike time, that is the same on a busy machine. Work that compares each with each allocates
// nothing for it, so that time is looked at too, by benchmarks.
package growth

import (
	"runtime"
	"testing"
	"time"
)

const (
	// most is how often as much twice the size may cost. Linear growth doubles; slices and maps grow in steps, which makes up to
	// 2.8 of it where the sizes lie badly for them. What is quadratic takes four times as much.
	most = 3
	// runs is how often work is measured. What else the process does in between only adds: the least counts.
	runs = 3
	// slack, in bytes and in objects, keeps work that allocates next to nothing from being judged by it.
	slack = 4096
)

// Work prepares an input of a size and returns what is measured on it.
type Work func(n int) func()

// Linear fails where work on 2n costs more than about twice as much as on n.
func Linear(t *testing.T, n int, work Work) {
	t.Helper()
	half, whole := allocated(work(n)), allocated(work(2*n))
	t.Logf("%d: %d objects, %d KiB; %d: %d objects, %d KiB", n, half.objects, half.bytes>>10, 2*n, whole.objects, whole.bytes>>10)
	if tooMuch(half.objects, whole.objects) {
		t.Errorf("%d objects are allocated for %d and %d for twice as many", half.objects, n, whole.objects)
	}
	if tooMuch(half.bytes, whole.bytes) {
		t.Errorf("%d bytes are allocated for %d and %d for twice as many", half.bytes, n, whole.bytes)
	}
}

// Benchmark measures work on 2n, and reports how often as long it takes as on n: 2 x-of-half is linear, 4 is quadratic. Both
// run in turns, so that a busy machine slows both alike.
func Benchmark(b *testing.B, n int, work Work) {
	b.Helper()
	b.ReportAllocs()
	smaller, larger := work(n), work(2*n)
	var half, whole time.Duration
	for b.Loop() {
		start := time.Now()
		smaller()
		middle := time.Now()
		larger()
		half += middle.Sub(start)
		whole += time.Since(middle)
	}
	b.ReportMetric(float64(whole)/float64(half), "x-of-half")
	b.ReportMetric(float64(whole.Microseconds())/1000/float64(b.N), "ms/object")
}

func tooMuch(half, whole uint64) bool { return float64(whole) > most*float64(half)+slack }

type cost struct{ objects, bytes uint64 }

func allocated(do func()) cost {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	do() // What is made once does not count.
	var least cost
	for i := range runs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		c := cost{after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}
		if i == 0 {
			least = c
		}
		least = cost{min(least.objects, c.objects), min(least.bytes, c.bytes)}
	}
	return least
}
