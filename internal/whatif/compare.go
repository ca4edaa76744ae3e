package whatif

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/snapshot"
)

// Verdicts are those on workloads at one time.
type Verdicts map[snapshot.Key]judged

type judged struct {
	restart.Restart

	workload snapshot.Workload
	running  int
}

// Judge tells what would become of the pods of workloads now. step is called after each of them.
func Judge(s *snapshot.Snapshot, rules *restart.Rules, keys []snapshot.Key, step func()) Verdicts {
	out := make(Verdicts, len(keys))
	for _, key := range keys {
		if view, ok := s.View(key); ok {
			out[key] = judged{restart.Judge(rules, &view), view.Workload, view.Running}
		}
		step()
	}
	return out
}

// Compare tells what has changed. The workloads are those of both.
func Compare(before, after Verdicts) *Result {
	out := &Result{Changes: []Change{}, Worse: []Row{}, Better: []Row{}}
	for _, key := range slices.SortedFunc(maps.Keys(after), snapshot.Key.Compare) {
		then, known := before[key]
		if !known {
			continue
		}
		now := after[key]
		worse, better := changes(&then, &now)
		switch {
		case len(worse) > 0:
			out.Worse = append(out.Worse, row(&then, &now, worse, false))
			continue
		case len(better) > 0:
			out.Better = append(out.Better, row(&then, &now, better, true))
		default:
			out.Unchanged.add(now.of(now.Verdict))
		}
		if len(added(then.Forecast, now.Forecast, sameRefusal)) > 0 {
			out.Forecast++
		}
	}
	return out
}

// change is the verdict on a pod before and after.
type change struct{ before, after restart.Verdict }

// changes are those of each pod, or that of the template where no pod runs.
func changes(then, now *judged) (worse, better []change) {
	note := func(before, after restart.Verdict) {
		c := change{then.of(before), now.of(after)}
		switch was, is := rank(c.before), rank(c.after); {
		case is > was:
			worse = append(worse, c)
		case is < was:
			better = append(better, c)
		}
	}
	if len(now.Named) == 0 {
		note(then.Verdict, now.Verdict)
	}
	for _, pod := range slices.Sorted(maps.Keys(now.Named)) {
		note(then.Named[pod], now.Named[pod])
	}
	return worse, better
}

// of is a verdict without regard to who creates the pod: that on one that nobody creates again is what is said of it
// beside that.
func (j *judged) of(v restart.Verdict) restart.Verdict {
	switch {
	case v != restart.NotRecreated:
		return v
	case len(j.Refusals) > 0:
		return restart.Denied
	case len(deciding(j.NotAsked)) > 0:
		return restart.Unknown
	default:
		return restart.Admitted
	}
}

func rank(v restart.Verdict) int {
	return slices.Index([]restart.Verdict{restart.Admitted, restart.Unknown, restart.Denied}, v)
}

func deciding(list []restart.NotAsked) []restart.NotAsked {
	return slices.DeleteFunc(slices.Clone(list), func(n restart.NotAsked) bool { return !n.Decides })
}

func (c *Counts) add(v restart.Verdict) {
	switch v {
	case restart.Admitted:
		c.Admitted++
	case restart.Denied:
		c.Denied++
	case restart.Unknown:
		c.Unknown++
	case restart.NotRecreated:
	}
}

// row describes a workload by the worst of its pods that change.
func row(then, now *judged, pods []change, better bool) Row {
	w := &now.workload
	r := Row{
		Namespace: w.Key.Namespace, Workload: Workload{APIVersion: w.APIVersion, Kind: w.Key.Kind, Name: w.Key.Name},
		Running: now.running, Pods: min(len(pods), now.running), Reason: now.Reason, Message: now.Message,
	}
	worst := slices.MaxFunc(pods, func(a, b change) int { return rank(a.after) - rank(b.after) })
	r.Before, r.After = worst.before, worst.after
	without, with := then, now
	if better {
		without, with = now, then
	}
	r.Refusals = added(without.Refusals, with.Refusals, sameRefusal)
	r.NotAsked = added(deciding(without.NotAsked), deciding(with.NotAsked), func(a, b restart.NotAsked) bool { return a == b })
	switch {
	case len(r.Refusals) > 0:
		r.Reason, r.Message = r.Refusals[0].Kind, r.Refusals[0].Message
		if more := len(r.Refusals) - 1; more > 0 {
			r.Message += fmt.Sprintf(" (and %d more)", more)
		}
	case len(r.NotAsked) > 0:
		n := &r.NotAsked[0]
		r.Reason, r.Message = n.Reason, strings.TrimSpace(n.Kind+" "+n.Name)+": "+n.Message
	}
	return r
}

// sameRefusal compares all but when the object was changed: the change itself has no time.
func sameRefusal(a, b restart.Refusal) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.Binding == b.Binding && a.Message == b.Message
}

// added lists what is in the second list and not in the first.
func added[T any](first, second []T, same func(a, b T) bool) []T {
	var out []T
	for _, b := range second {
		if !slices.ContainsFunc(first, func(a T) bool { return same(a, b) }) {
			out = append(out, b)
		}
	}
	return out
}
