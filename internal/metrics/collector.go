package metrics

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// otherNamespaces is the label of the namespaces beyond the cap.
const otherNamespaces = "other"

// Limits bound the number of series.
type Limits struct {
	// Workloads is how many workloads have a series of their own: those with the highest scores.
	Workloads int
	// Namespaces is how many namespaces have series of their own: those with the most workloads.
	Namespaces int
}

// Backlog tells how far behind the audit is.
type Backlog interface {
	// Len counts the workloads that wait to be assessed or published.
	Len() int
	// Oldest is how long the oldest of them has waited; zero where none waits.
	Oldest() time.Duration
}

// Audit is where the state comes from.
type Audit struct {
	Board    *Board
	Snapshot *snapshot.Snapshot
	Backlog  Backlog
	// Reports is the state of the reports themselves.
	Reports func() snapshot.SourceStatus
	// Limits are those in force.
	Limits func() Limits
	// Leads tells whether this replica leads.
	Leads func() bool
}

// State collects the state of the audit at the time of a scrape.
type State struct {
	audit Audit

	workloads, scores, findings, incomplete *prometheus.Desc
	sources, waiting, pending, oldest       *prometheus.Desc
	dropped                                 *prometheus.Desc
	restart                                 restartState
}

// NewState returns a collector. Only the replica that leads exports the series of workloads, so that two replicas do not
// count everything twice.
func NewState(audit Audit) *State {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &State{
		audit:   audit,
		restart: newRestartState(desc),

		workloads: desc("workloads", "Workloads by severity of their blast radius.", "namespace", "severity"),
		scores: desc("workload_score", "Blast radius of a workload, 0 to 100; only the highest are exported.",
			"namespace", "kind", "workload"),
		findings:   desc("findings", "Findings by check.", "check", "severity"),
		incomplete: desc("workloads_incomplete", "Workloads whose assessment lacks a source."),
		sources:    desc("source_state", "State of each source of the audit: 1 for the state that it is in.", "source", "state"),
		waiting:    desc("pods_waiting", "Pods whose owner has not been seen yet."),
		pending:    desc("pending_workloads", "Workloads that wait to be assessed or published."),
		oldest:     desc("pending_oldest_seconds", "How long the oldest pending workload has waited."),
		dropped:    desc("series_dropped", "Series left out because of a cap.", "metric"),
	}
}

// Describe implements prometheus.Collector.
func (s *State) Describe(out chan<- *prometheus.Desc) {
	all := append(s.restart.describe(),
		s.workloads, s.scores, s.findings, s.incomplete, s.sources, s.waiting, s.pending, s.oldest, s.dropped)
	for _, d := range all {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *State) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, source := range append(s.audit.Snapshot.SourceStates(), s.audit.Reports()) {
		for _, state := range snapshot.States() {
			gauge(s.sources, boolean(source.State == state), string(source.Source), string(state))
		}
	}
	gauge(s.waiting, float64(s.audit.Snapshot.Waiting()))
	gauge(s.pending, float64(s.audit.Backlog.Len()))
	gauge(s.oldest, s.audit.Backlog.Oldest().Seconds())
	if s.audit.Leads() {
		s.collectWorkloads(gauge)
	}
}

func (s *State) collectWorkloads(gauge func(*prometheus.Desc, float64, ...string)) {
	t := s.audit.Board.tally()
	limits := s.audit.Limits()
	named := t.largest(limits.Namespaces)
	counts := map[[2]string]int{}
	for at, n := range t.workloads {
		if !named[at[0]] {
			at[0] = otherNamespaces
		}
		counts[at] += n
	}
	for at, n := range counts {
		gauge(s.workloads, float64(n), at[0], at[1])
	}
	for at, n := range t.findings {
		gauge(s.findings, float64(n), string(at.check), string(at.severity))
	}
	gauge(s.incomplete, float64(t.incomplete))
	slices.SortFunc(t.scores, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), a.key.Compare(b.key))
	})
	for _, w := range t.scores[:min(len(t.scores), limits.Workloads)] {
		gauge(s.scores, float64(w.score), w.key.Namespace, kindLabel(w.key), w.key.Name)
	}
	gauge(s.dropped, float64(max(0, len(t.scores)-limits.Workloads)), "daysix_workload_score")
	gauge(s.dropped, float64(max(0, len(t.namespaces)-len(named))*len(finding.Severities())), "daysix_workloads")
	gauge(s.dropped, float64(s.restart.collect(&t.restarts, named, gauge)), "daysix_restart_refused_pods")
}

// tally is the board, counted.
type tally struct {
	workloads  map[[2]string]int // by namespace and severity
	namespaces map[string]int
	findings   map[counted]int
	scores     []scored
	incomplete int
	restarts   restartTally
}

type scored struct {
	key   snapshot.Key
	score int
}

func (b *Board) tally() tally {
	t := tally{workloads: map[[2]string]int{}, namespaces: map[string]int{}, findings: map[counted]int{}, restarts: newRestartTally()}
	b.mu.RLock()
	defer b.mu.RUnlock()
	t.scores = make([]scored, 0, len(b.verdicts))
	for key, v := range b.verdicts {
		if _, seen := t.namespaces[key.Namespace]; !seen {
			// Every severity has its series, so that one that falls to zero is seen to do so.
			for _, severity := range finding.Severities() {
				t.workloads[[2]string{key.Namespace, string(severity)}] = 0
			}
		}
		t.namespaces[key.Namespace]++
		t.workloads[[2]string{key.Namespace, string(v.severity)}]++
		for _, c := range v.findings {
			t.findings[c]++
		}
		if !v.complete {
			t.incomplete++
		}
		t.scores = append(t.scores, scored{key, v.score})
		t.restarts.add(key.Namespace, v.restarts)
	}
	return t
}

// largest are the namespaces with the most workloads; the name breaks ties.
func (t *tally) largest(limit int) map[string]bool {
	names := make([]string, 0, len(t.namespaces))
	for name := range t.namespaces {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.namespaces[b], t.namespaces[a]), cmp.Compare(a, b))
	})
	named := make(map[string]bool)
	for _, name := range names[:min(len(names), limit)] {
		named[name] = true
	}
	return named
}

// kindLabel tells a kind that is not Kubernetes' own from one of the same name that is.
func kindLabel(key snapshot.Key) string {
	if snapshot.IsBuiltIn(key.Group, key.Kind) {
		return key.Kind
	}
	return key.Kind + "." + key.Group
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
