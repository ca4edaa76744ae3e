package metrics

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/assess"
)

// maxPolicies is how many policies have a series of their own in a namespace: those that refuse most pods.
const maxPolicies = 20

// otherPolicies is the label of those beyond the cap.
const otherPolicies = "other"

// restarts is what the metrics need of the verdict on a workload's restart.
type restarts struct {
	pods    map[restart.Verdict]int
	reason  string
	since   time.Time
	refusal []policy
}

// policy is what refuses a pod.
type policy struct{ kind, name string }

func restartsOf(a *assess.Assessment) restarts {
	if a.Restart == nil {
		return restarts{}
	}
	out := restarts{pods: a.Restart.Pods, since: a.Restart.Since}
	if a.Restart.Verdict == restart.Unknown {
		out.reason = a.Restart.Reason
	}
	for i := range a.Restart.Refusals {
		p := policy{a.Restart.Refusals[i].Kind, a.Restart.Refusals[i].Name}
		if !slices.Contains(out.refusal, p) {
			out.refusal = append(out.refusal, p)
		}
	}
	return out
}

// restartState collects what would become of pods that have to start again.
type restartState struct {
	pods, refused, since, unknown *prometheus.Desc
}

func newRestartState(desc func(name, help string, labels ...string) *prometheus.Desc) restartState {
	return restartState{
		pods: desc("restart_pods", "Running pods by what would become of them if they had to start again.", "namespace", "verdict"),
		refused: desc("restart_refused_pods",
			"Running pods that a policy would refuse if they had to start again; a pod counts for each policy that refuses it.",
			"namespace", "kind", "policy"),
		since: desc("restart_denied_since_timestamp_seconds",
			"When the oldest of the changes was made because of which pods would be refused, where the cluster records it.", "namespace"),
		unknown: desc("restart_unknown_workloads", "Workloads of which it is not known whether their pods would be admitted.", "reason"),
	}
}

func (s *restartState) describe() []*prometheus.Desc {
	return []*prometheus.Desc{s.pods, s.refused, s.since, s.unknown}
}

// restartTally is the board, counted for restarts.
type restartTally struct {
	pods    map[string]map[restart.Verdict]int
	refused map[string]map[policy]int
	since   map[string]time.Time
	unknown map[string]int
}

func newRestartTally() restartTally {
	return restartTally{
		pods: map[string]map[restart.Verdict]int{}, refused: map[string]map[policy]int{},
		since: map[string]time.Time{}, unknown: map[string]int{},
	}
}

func (t *restartTally) add(namespace string, r restarts) {
	if t.pods[namespace] == nil {
		// Every verdict has its series, so that one that falls to zero is seen to do so.
		t.pods[namespace] = map[restart.Verdict]int{restart.Admitted: 0, restart.Denied: 0, restart.Unknown: 0, restart.NotRecreated: 0}
		t.refused[namespace] = map[policy]int{}
	}
	for verdict, n := range r.pods {
		t.pods[namespace][verdict] += n
	}
	for _, p := range r.refusal {
		t.refused[namespace][p] += r.pods[restart.Denied]
	}
	if oldest := t.since[namespace]; r.pods[restart.Denied] > 0 && !r.since.IsZero() && (oldest.IsZero() || r.since.Before(oldest)) {
		t.since[namespace] = r.since
	}
	if r.reason != "" {
		t.unknown[r.reason]++
	}
}

// collect exports the tally. Namespaces that are not among the named ones are added up. It returns how many policies have no
// series of their own.
func (s *restartState) collect(t *restartTally, named map[string]bool, gauge func(*prometheus.Desc, float64, ...string)) (dropped int) {
	whole := newRestartTally()
	for namespace, pods := range t.pods {
		at := namespace
		if !named[namespace] {
			at = otherNamespaces
		}
		whole.add(at, restarts{pods: pods})
		for p, n := range t.refused[namespace] {
			whole.refused[at][p] += n
		}
		if since, known := t.since[namespace]; known && (whole.since[at].IsZero() || since.Before(whole.since[at])) {
			whole.since[at] = since
		}
	}
	for namespace, pods := range whole.pods {
		for verdict, n := range pods {
			gauge(s.pods, float64(n), namespace, string(verdict))
		}
		counts, rest := largestPolicies(whole.refused[namespace])
		dropped += rest
		for p, n := range counts {
			gauge(s.refused, float64(n), namespace, p.kind, p.name)
		}
	}
	for namespace, since := range whole.since {
		gauge(s.since, float64(since.Unix()), namespace)
	}
	for reason, n := range t.unknown {
		gauge(s.unknown, float64(n), reason)
	}
	return dropped
}

// largestPolicies adds up the policies beyond the cap.
func largestPolicies(refused map[policy]int) (counts map[policy]int, rest int) {
	all := make([]policy, 0, len(refused))
	for p := range refused {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b policy) int {
		return cmp.Or(cmp.Compare(refused[b], refused[a]), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	counts = map[policy]int{}
	for i, p := range all {
		if i >= maxPolicies {
			rest++
			counts[policy{otherPolicies, otherPolicies}] += refused[p]
			continue
		}
		counts[p] = refused[p]
	}
	return counts, rest
}
