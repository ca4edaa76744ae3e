package monitoring

import (
	"time"

	"github.com/prometheus/common/model"
)

// Pace is how fast rules react. It is a parameter so that a test need not wait for days.
type Pace struct {
	// Interval is how often rules are evaluated.
	Interval time.Duration
	// New is how long something counts as new.
	New time.Duration
	// Brief and Long are how long a state has to last before somebody is told.
	Brief, Long time.Duration
	// Silent is how long the API server may be silent before it counts as such, and again before somebody is told.
	Silent time.Duration
	// Old is from when on a change is not recent any more, Ahead how long before its end an exception is spoken of.
	Old, Ahead time.Duration
	// Range is over which time rates are taken. It has to cover a few scrapes.
	Range time.Duration
}

// Shipped is the pace of the rules that are shipped.
func Shipped() Pace {
	const day = 24 * time.Hour
	return Pace{
		Interval: 30 * time.Second, New: day, Brief: 5 * time.Minute, Long: 15 * time.Minute,
		Silent: time.Minute, Old: 3 * day, Ahead: 7 * day, Range: 5 * time.Minute,
	}
}

// duration is a duration as Prometheus writes it: 1d.
func duration(d time.Duration) string { return model.Duration(d).String() }
