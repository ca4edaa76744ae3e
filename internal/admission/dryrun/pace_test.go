package dryrun

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBucket(t *testing.T) {
	begin := time.Unix(1_000_000, 0)
	b := &bucket{pace: Pace{PerSecond: 10, Burst: 2}}
	for _, step := range []struct {
		name string
		at   time.Duration
		want time.Duration
	}{
		{"the first of a burst", 0, 0},
		{"the second of a burst", 0, 0},
		{"the burst is over", 0, 100 * time.Millisecond},
		{"half a token is none", 50 * time.Millisecond, 50 * time.Millisecond},
		{"a token is there", 100 * time.Millisecond, 0},
		{"the clock went back", 0, 100 * time.Millisecond},
		{"after a long time there is one burst, no more", time.Hour, 0},
		{"its second", time.Hour, 0},
		{"and no third", time.Hour, 100 * time.Millisecond},
	} {
		if got := b.take(begin.Add(step.at)); got != step.want {
			t.Errorf("%s: wait %v, want %v", step.name, got, step.want)
		}
	}
}

// Whenever it is asked, the bucket gives at most a burst and what the time since the begin allows, and who waits as long as
// it says gets a token.
func TestBucketKeepsItsPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := Pace{PerSecond: rapid.IntRange(1, 100).Draw(t, "perSecond"), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		b := &bucket{pace: pace}
		begin := time.Unix(1_000_000, 0)
		now, taken := begin, 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond)
			wait := b.take(now)
			if wait > 0 {
				now = now.Add(wait + time.Microsecond) // Floating point may be short of a whole token.
				if again := b.take(now); again > 0 {
					t.Fatalf("told to wait %v, then %v", wait, again)
				}
			}
			taken++
			if most := float64(pace.Burst) + now.Sub(begin).Seconds()*float64(pace.PerSecond) + 1e-6; float64(taken) > most {
				t.Fatalf("%d taken in %v at %+v", taken, now.Sub(begin), pace)
			}
		}
	})
}
