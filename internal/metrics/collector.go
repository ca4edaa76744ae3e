package metrics

import (
	"cmp"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Backlog tells how far behind the audit is.
type Backlog interface {
	// Len counts the workloads that wait to be assessed or published.
	Len() int
	// Oldest is how long the oldest of them has waited; zero where none waits.
	Oldest() time.Duration
	// FirstPass is when the first pass over the cluster was complete, CaughtUp when nothing waited last; the zero time where
	// that has not been yet.
	FirstPass() time.Time
	CaughtUp() time.Time
}

// Audit is where the state comes from.
type Audit struct {
	Board    *Board
	Snapshot *snapshot.Snapshot
	Backlog  Backlog
	// Reports is the state of the reports themselves, Exceptions that of the AuditExceptions: the snapshot holds neither.
	Reports, Exceptions func() snapshot.SourceStatus
	// Limits are those in force.
	Limits func() Limits
	// Leads tells whether this replica leads.
	Leads func() bool
}

// State collects the state of the audit at the time of a scrape.
type State struct {
	audit Audit
	descriptors
}

// NewState returns a collector.
func NewState(audit Audit) *State {
	families := append(append(workloadFamilies(), restartFamilies()...), stateFamilies()...)
	return &State{audit, describe(families...)}
}

// Describe implements prometheus.Collector.
func (s *State) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.descriptors {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *State) Collect(out chan<- prometheus.Metric) {
	to := scrape{s.descriptors, out}
	for _, source := range append(s.audit.Snapshot.SourceStates(), s.audit.Reports(), s.audit.Exceptions()) {
		for _, state := range snapshot.States() {
			to.gauge(SourceState, boolean(source.State == state), string(source.Source), string(state))
		}
	}
	to.gauge(PodsWaiting, float64(s.audit.Snapshot.Waiting()))
	to.gauge(PendingWorkloads, float64(s.audit.Backlog.Len()))
	to.gauge(PendingOldest, s.audit.Backlog.Oldest().Seconds())
	to.gauge(FirstPass, seconds(s.audit.Backlog.FirstPass()))
	to.gauge(CaughtUp, seconds(s.audit.Backlog.CaughtUp()))
	leads := s.audit.Leads()
	to.gauge(Leading, boolean(leads))
	if !leads {
		return
	}
	limits := s.audit.Limits()
	s.audit.Board.tally(limits.Workloads).collect(to, limits.Namespaces)
}

// collect exports the tally. Where a set is closed every value has its series, so that one that falls to
// zero is seen to do so.
func (t *tally) collect(to scrape, namespaces int) {
	dropped := map[string]int{}
	for _, name := range capped() {
		dropped[name] = 0
	}
	for _, severity := range finding.Severities() {
		to.gauge(UnacceptedWorkloads, float64(t.unaccepted[severity]), string(severity))
	}
	for _, reach := range reaches() {
		to.gauge(WorkloadsByReach, float64(t.reaches[reach]), string(reach))
	}
	for _, question := range finding.Questions() {
		for _, answer := range verdicts() {
			to.gauge(WorkloadsByAnswer, float64(t.answers[answered{question, answer}]), string(question), string(answer))
		}
	}
	to.gauge(Reports, float64(t.workloads-t.incomplete), complete)
	to.gauge(Reports, float64(t.incomplete), incomplete)
	t.collectWorkloads(to, dropped)
	t.collectNamespaces(to, namespaces, dropped)
	t.collectCounts(to, dropped)
	for name, n := range dropped {
		to.gauge(SeriesDropped, float64(n), name)
	}
}

func (t *tally) collectWorkloads(to scrape, dropped map[string]int) {
	for _, w := range t.ranked {
		kind := kindLabel(w.key)
		to.gauge(WorkloadScore, float64(w.Score), w.key.Namespace, kind, w.key.Name)
		to.gauge(WorkloadUnacceptedSeverity, float64(w.Unaccepted.Rank()), w.key.Namespace, kind, w.key.Name)
	}
	for _, name := range []string{WorkloadScore, WorkloadUnacceptedSeverity} {
		dropped[name] = t.workloads - len(t.ranked)
	}
}

func (t *tally) collectNamespaces(to scrape, limit int, dropped map[string]int) {
	for _, r := range t.fold(limit) {
		r.collect(func(name string, _ float64, _ ...string) { dropped[name]++ }, "")
	}
	for name, r := range t.namespaces {
		r.collect(to.gauge, name)
	}
}

// collect exports a namespace.
func (r *row) collect(gauge func(name string, value float64, labels ...string), namespace string) {
	for _, severity := range finding.Severities() {
		gauge(Workloads, float64(r.severities[severity]), namespace, string(severity))
	}
	gauge(RootLikeWorkloads, float64(r.rootLike), namespace)
	gauge(ClusterAdminWorkloads, float64(r.clusterAdmin), namespace)
	for _, verdict := range restartVerdicts() {
		gauge(RestartPods, float64(r.pods[verdict]), namespace, string(verdict))
	}
	if !r.since.IsZero() {
		gauge(RestartDeniedSince, seconds(r.since), namespace)
	}
	if !r.newer.IsZero() {
		gauge(RestartNewerPolicy, seconds(r.newer), namespace)
	}
}

// collectCounts exports what is counted by names that no closed set bounds: the worst findings, the policies that refuse most
// pods, the most frequent reasons.
func (t *tally) collectCounts(to scrape, dropped map[string]int) {
	findings, beyond := largest(t.findings, maxFindings, counted{other, other}, func(a, b count[counted]) int {
		bySeverity := cmp.Compare(b.key.severity.Rank(), a.key.severity.Rank())
		return cmp.Or(bySeverity, cmp.Compare(b.n, a.n), cmp.Compare(a.key.check, b.key.check))
	})
	dropped[Findings] = beyond
	for c, n := range findings {
		to.gauge(Findings, float64(n), string(c.check), string(c.severity))
	}
	refused, beyond := largest(t.refused, maxRefusals, refusal{other, policy{other, other}}, func(a, b count[refusal]) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.key.namespace, b.key.namespace),
			strings.Compare(a.key.kind, b.key.kind), strings.Compare(a.key.name, b.key.name))
	})
	dropped[RestartRefusedPods] = beyond
	for r, n := range refused {
		to.gauge(RestartRefusedPods, float64(n), r.namespace, r.kind, r.name)
	}
	reasons, beyond := largest(t.reasons, maxReasons, other, func(a, b count[string]) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.key, b.key))
	})
	dropped[RestartUnknownWorkloads] = beyond
	for reason, n := range reasons {
		to.gauge(RestartUnknownWorkloads, float64(n), reason)
	}
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

// seconds is a time since the epoch; 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
