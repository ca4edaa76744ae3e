package dryrun

import "time"

// Pace bounds how fast candidates are asked about.
type Pace struct {
	// PerSecond is how many requests go out in a second in the long run, Burst how many at once. Both at least 1.
	PerSecond, Burst int
}

// bucket is a token bucket that is told the time. It starts full.
type bucket struct {
	pace   Pace
	tokens float64
	at     time.Time // when tokens was right; zero before the first take
}

// take takes a token, or says how long it will be until there is one.
func (b *bucket) take(now time.Time) time.Duration {
	limit, rate := float64(b.pace.Burst), float64(b.pace.PerSecond)
	if b.at.IsZero() {
		b.at, b.tokens = now, limit
	}
	// A clock that went back gives nothing, and takes nothing.
	if elapsed := now.Sub(b.at); elapsed > 0 {
		b.tokens = min(limit, b.tokens+elapsed.Seconds()*rate)
		b.at = now
	}
	if b.tokens < 1 {
		return max(time.Duration((1-b.tokens)/rate*float64(time.Second)), 1)
	}
	b.tokens--
	return 0
}
