package controllers

import (
	"testing"
	"time"
)

func TestSolvingTakesAPartOfTheTime(t *testing.T) {
	var a allowance
	now := time.Unix(1_000, 0)
	solve := func(took time.Duration) (rest time.Duration) {
		now = now.Add(took)
		rest = a.spend(took, now)
		now = now.Add(rest)
		return rest
	}
	for range 5 {
		if rest := solve(60 * time.Millisecond); rest > 0 {
			t.Errorf("it rests for %s though little was spent", rest)
		}
	}
	begin, solved := now, time.Duration(0)
	for range 200 {
		solve(60 * time.Millisecond)
		solved += 60 * time.Millisecond
	}
	if took := now.Sub(begin); solved > took*2/5 {
		t.Errorf("a storm takes %s of %s", solved, took)
	}
	if rest := solve(time.Minute); rest > longestRest {
		t.Errorf("it rests for %s", rest)
	}
	now = now.Add(time.Hour)
	if rest := solve(mostSaved); rest > 0 {
		t.Errorf("after quiet it rests for %s", rest)
	}
	if rest := solve(mostSaved); rest < longestRest/2 {
		t.Errorf("once all is spent it rests for %s", rest)
	}
	now = now.Add(-time.Hour)
	if rest := solve(time.Millisecond); rest > longestRest {
		t.Errorf("after the clock was set back it rests for %s", rest)
	}
}
