package metrics

import (
	"slices"
	"time"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/assess"
)

// restarts is what the metrics need of the verdict on a workload's restart.
type restarts struct {
	pods   map[restart.Verdict]int
	reason string
	// since is when what refuses was changed, newer the earliest such change that is newer than the pods.
	since, newer time.Time
	refusal      []policy
}

// policy is what refuses a pod.
type policy struct{ kind, name string }

func restartsOf(a *assess.Assessment) restarts {
	if a.Restart == nil {
		return restarts{}
	}
	out := restarts{pods: a.Restart.Pods}
	if a.Restart.Verdict == restart.Unknown {
		out.reason = a.Restart.Reason
	}
	if a.Restart.Pods[restart.Denied] > 0 {
		out.since = a.Restart.Since
	}
	for i := range a.Restart.Refusals {
		r := &a.Restart.Refusals[i]
		if p := (policy{r.Kind, r.Name}); !slices.Contains(out.refusal, p) {
			out.refusal = append(out.refusal, p)
		}
		if r.NewerThanPods && a.Restart.Pods[restart.Denied] > 0 {
			out.newer = earlier(out.newer, r.Since)
		}
	}
	return out
}

// earlier is the earlier of two times, of which the zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
