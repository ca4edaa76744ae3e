package controllers

import "time"

const (
	// solvingShare is one part of how many of the time is spent on solving the graph while events never cease.
	solvingShare = 3
	// mostSaved is how much solving may be saved up.
	mostSaved = 500 * time.Millisecond
	// longestRest bounds the time in which nothing is solved.
	longestRest = 500 * time.Millisecond
)

// allowance bounds what a storm of events costs to a part of one core. What is not spent amid quiet is saved up: a change then does
// not wait for the one before it.
type allowance struct {
	saved time.Duration // of solving; below zero where more was spent than there was
	at    time.Time     // zero before anything was spent
}

// spend takes note of what solving took until now, and returns how long to rest.
func (a *allowance) spend(took time.Duration, now time.Time) time.Duration {
	if a.at.IsZero() {
		a.saved = mostSaved
	} else {
		a.saved = min(mostSaved, a.saved+max(0, now.Sub(a.at))/solvingShare)
	}
	a.saved, a.at = max(a.saved-took, -longestRest/solvingShare), now
	return max(0, -a.saved*solvingShare)
}
