package exception

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestWhatIsKnownOfAnException(t *testing.T) {
	var told []string
	tally := NewTally(func(name string) { told = append(told, name) })
	cart, web := snapshot.Key{Name: "cart"}, snapshot.Key{Name: "web"}
	using := func(revision uint64, checks ...finding.CheckID) *Acceptance {
		return &Acceptance{Revision: revision, Uses: []Use{{"e", checks}}}
	}
	for _, step := range []struct {
		name    string
		do      func()
		count   Count
		settled bool
		told    []string
	}{
		{"before anything", func() {}, Count{0, map[finding.CheckID]bool{}}, true, nil},
		{"a workload", func() { tally.Record(cart, using(1, "A")) }, Count{1, map[finding.CheckID]bool{"A": true}}, true, []string{"e"}},
		{"the same again", func() { tally.Record(cart, using(1, "A")) }, Count{1, map[finding.CheckID]bool{"A": true}}, true, nil},
		{"another", func() { tally.Record(web, using(1, "B")) }, Count{2, map[finding.CheckID]bool{"A": true, "B": true}}, true, []string{"e"}},
		{"a change", func() { tally.Await("e", 2, []snapshot.Key{cart, web}) }, Count{2, map[finding.CheckID]bool{"A": true, "B": true}}, false, []string{"e"}},
		{"an assessment from before the change", func() { tally.Record(cart, using(1, "A")) }, Count{2, map[finding.CheckID]bool{"A": true, "B": true}}, false, nil},
		{"one after it", func() { tally.Record(cart, using(2, "A")) }, Count{2, map[finding.CheckID]bool{"A": true, "B": true}}, false, nil},
		{"a workload that is gone", func() { tally.Forget(web) }, Count{1, map[finding.CheckID]bool{"A": true}}, true, []string{"e", "e"}},
		{"one that is not selected any more", func() { tally.Record(cart, &Acceptance{Revision: 3}) }, Count{0, map[finding.CheckID]bool{}}, true, []string{"e"}},
		{"a change that is about nobody", func() { tally.Await("e", 4, nil) }, Count{0, map[finding.CheckID]bool{}}, true, []string{"e"}},
	} {
		told = nil
		step.do()
		count, settled := tally.Of("e")
		if diff := cmp.Diff(step.count, count); diff != "" || settled != step.settled {
			t.Errorf("%s: settled %v (-want +got):\n%s", step.name, settled, diff)
		}
		if diff := cmp.Diff(step.told, told); diff != "" {
			t.Errorf("%s told (-want +got):\n%s", step.name, diff)
		}
	}
	if len(tally.uses)+len(tally.of)+len(tally.waiting) > 0 {
		t.Error("something is kept of what is not there any more")
	}
}

// Whatever was recorded in whatever order: the tally is what the last assessment of each workload says, and whoever listens
// was told of every exception of which something else is known now.
func TestATallyIsWhatTheLastAssessmentsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told := map[string]bool{}
		tally := NewTally(func(name string) { told[name] = true })
		last := map[snapshot.Key][]Use{}
		names := []string{"a", "b", "c"}
		for step := range rapid.IntRange(1, 20).Draw(t, "steps") {
			key := snapshot.Key{Name: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "workload")}
			before := map[string]Count{}
			for _, name := range names {
				before[name], _ = tally.Of(name)
			}
			clear(told)
			if rapid.IntRange(0, 4).Draw(t, "forget") == 0 {
				tally.Forget(key)
				delete(last, key)
			} else {
				var uses []Use
				for _, name := range names {
					if rapid.Bool().Draw(t, name) {
						found := rapid.SliceOfNDistinct(rapid.SampledFrom([]finding.CheckID{"A", "B"}), 0, 2, rapid.ID).Draw(t, "found")
						slices.Sort(found)
						uses = append(uses, Use{name, found})
					}
				}
				tally.Record(key, &Acceptance{Revision: uint64(step), Uses: uses})
				last[key] = uses
			}
			for _, name := range names {
				want := Count{Found: map[finding.CheckID]bool{}}
				for _, uses := range last {
					for _, u := range uses {
						if u.Exception == name {
							want.Workloads++
							for _, check := range u.Found {
								want.Found[check] = true
							}
						}
					}
				}
				got, _ := tally.Of(name)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s (-want +got):\n%s", name, diff)
				}
				if fmt.Sprint(before[name]) != fmt.Sprint(got) && !told[name] {
					t.Fatalf("nobody was told of %s", name)
				}
			}
		}
	})
}
