package controllers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestAChangeIsAskedAboutOnceItHasSettled(t *testing.T) {
	clk := clocktesting.NewFakeClock(time.Unix(1_000, 0))
	s := newSettling(clk, func(string) {})
	at := func(namespace string) string {
		revision, settled := s.revision(namespace)
		if settled {
			return revision
		}
		return revision + " unsettled"
	}
	state := func() []string { return []string{at(shop), at("other")} }
	steps := []struct {
		what  string
		do    func()
		state []string
		taken []string
		next  time.Duration
	}{
		{"at first", func() {}, []string{"0", "0"}, nil, 0},
		{
			"a change", func() { s.changed([]snapshot.Key{podKey(shop, "a"), podKey(shop, "b")}) },
			[]string{"1 unsettled", "0"},
			nil, settlingTime,
		},
		{
			"another one in another namespace", func() { clk.Step(time.Second); s.changed([]snapshot.Key{podKey("other", "a")}) },
			[]string{"1 unsettled", "1 unsettled"},
			nil, settlingTime - time.Second,
		},
		{
			"one more in the first, which begins anew", func() { clk.Step(time.Second); s.changed([]snapshot.Key{podKey(shop, "a")}) },
			[]string{"2 unsettled", "1 unsettled"},
			nil, settlingTime - time.Second,
		},
		{"the other one settles", func() { clk.Step(settlingTime - time.Second) }, []string{"2 unsettled", "1"}, []string{"other"}, time.Second},
		{"the first one settles", func() { clk.Step(time.Second) }, []string{"2", "1"}, []string{shop}, 0},
	}
	for _, step := range steps {
		step.do()
		if diff := cmp.Diff(step.state, state()); diff != "" {
			t.Errorf("%s: revisions (-want +got):\n%s", step.what, diff)
		}
		if diff := cmp.Diff(step.taken, s.take()); diff != "" {
			t.Errorf("%s: settled (-want +got):\n%s", step.what, diff)
		}
		if got := s.next(); got != step.next {
			t.Errorf("%s: next is in %v, want %v", step.what, got, step.next)
		}
	}
}
