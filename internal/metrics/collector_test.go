package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

type backlog struct{}

func (backlog) Len() int              { return 2 }
func (backlog) Oldest() time.Duration { return 1500 * time.Millisecond }
func (backlog) FirstPass() time.Time  { return time.Unix(100, 0) }
func (backlog) CaughtUp() time.Time   { return time.Unix(200, 0) }

// kit is a board with everything around it that a scrape asks.
type kit struct {
	board      *Board
	limits     Limits
	leads      bool
	exceptions ExceptionTally
	state      *State
	reg        *prometheus.Registry
}

func newKit(tb testing.TB, limits Limits) *kit {
	tb.Helper()
	k := &kit{board: NewBoard(), limits: limits, leads: true, reg: prometheus.NewPedanticRegistry()}
	synced := func(source snapshot.Source) func() snapshot.SourceStatus {
		return func() snapshot.SourceStatus { return snapshot.SourceStatus{Source: source, State: snapshot.Synced} }
	}
	k.state = NewState(Audit{
		Board: k.board, Snapshot: snapshot.New(), Backlog: backlog{},
		Reports: synced("podsecurityreports"), Exceptions: synced("auditexceptions"),
		Limits: func() Limits { return k.limits }, Leads: func() bool { return k.leads },
	})
	k.reg.MustRegister(NewExceptions(func() ExceptionTally { return k.exceptions }, func() bool { return k.leads }))
	if err := k.reg.Register(k.state); err != nil {
		tb.Fatal(err)
	}
	return k
}

func deployment(namespace, name string) snapshot.Key {
	return snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: namespace, Name: name}
}

func verdictOn(key snapshot.Key, points int, tier finding.Tier, findings ...finding.Finding) *assess.Assessment {
	return &assess.Assessment{Workload: snapshot.Workload{Key: key}, Verdict: assess.Verdict{
		Findings: findings, Score: score.Result{Score: points, Tier: tier},
	}}
}

// series lists the series of a metric, in order, as name{labels} value.
func series(t *testing.T, g prometheus.Gatherer, metric string) []string {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, family := range families {
		if family.GetName() != metric {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			out = append(out, fmt.Sprintf("%s %g", strings.Join(labels, " "), m.GetGauge().GetValue()+m.GetCounter().GetValue()))
		}
	}
	return out
}

func wantSeries(t *testing.T, g prometheus.Gatherer, metric string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, series(t, g, metric)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", metric, diff)
	}
}

// nonzero leaves out the series that stand at zero.
func nonzero(all []string) []string {
	var out []string
	for _, s := range all {
		if !strings.HasSuffix(s, " 0") {
			out = append(out, s)
		}
	}
	return out
}

func wantDropped(t *testing.T, k *kit, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, nonzero(series(t, k.reg, SeriesDropped))); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
}

func TestMetricsAreNamedAsPrometheusWants(t *testing.T) {
	k := newKit(t, Limits{Workloads: 5, Namespaces: 5})
	k.board.Put(verdictOn(deployment("shop", "cart"), 90, 4, finding.Finding{Check: "PrivilegedContainer", Consequence: finding.NodeRoot}))
	NewWork(k.reg, publish.Writes()...)
	NewDryRun(k.reg)
	problems, err := testutil.GatherAndLint(k.reg)
	if err != nil || len(problems) > 0 {
		t.Fatalf("error %v, problems %+v", err, problems)
	}
}

func TestWorkloadsBeyondTheCapHaveNoSeriesAndAreCounted(t *testing.T) {
	k := newKit(t, Limits{Workloads: 2, Namespaces: 9})
	k.board.Put(verdictOn(deployment("shop", "low"), 10, 2))
	k.board.Put(verdictOn(deployment("shop", "tied-b"), 50, 3))
	k.board.Put(verdictOn(deployment("shop", "tied-a"), 50, 3))
	k.board.Put(verdictOn(deployment("shop", "top"), 90, 4))
	wantSeries(t, k.reg, "daysix_workload_score",
		"kind=Deployment namespace=shop workload=tied-a 50", "kind=Deployment namespace=shop workload=top 90")
	wantDropped(t, k, "metric=daysix_workload_score 2", "metric=daysix_workload_unaccepted_severity 2")
	k.limits.Workloads = 9
	if got := len(series(t, k.reg, "daysix_workload_score")); got != 4 {
		t.Errorf("%d series under a cap that all are below", got)
	}
	k.limits.Workloads = 0
	wantSeries(t, k.reg, "daysix_workload_score")
}

func TestNamespacesBeyondTheCapAreOneTogether(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 1})
	for _, name := range []string{"a", "b"} {
		k.board.Put(verdictOn(deployment("large", name), 90, 4))
		k.board.Put(verdictOn(deployment("small-"+name, "one"), 10, 2))
	}
	k.board.Put(verdictOn(deployment("small-a", "two"), 90, 4))
	k.limits.Namespaces = 2
	if diff := cmp.Diff([]string{
		"namespace=large severity=High 2", "namespace=other severity=Low 1", "namespace=small-a severity=High 1", "namespace=small-a severity=Low 1",
	}, nonzero(series(t, k.reg, "daysix_workloads"))); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	k.limits.Namespaces = 1
	wantSeries(t, k.reg, "daysix_workloads",
		"namespace=large severity=Critical 0", "namespace=large severity=High 2", "namespace=large severity=Low 0",
		"namespace=large severity=Medium 0", "namespace=large severity=Minimal 0",
		"namespace=other severity=Critical 0", "namespace=other severity=High 1", "namespace=other severity=Low 2",
		"namespace=other severity=Medium 0", "namespace=other severity=Minimal 0")
	// Each of the two namespaces would have one series for each of the five severities.
	wantDropped(t, k, "metric=daysix_cluster_admin_workloads 2", "metric=daysix_restart_pods 8",
		"metric=daysix_root_like_workloads 2", "metric=daysix_workloads 10")
}

func TestSeriesGoWithTheirWorkload(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	cart := verdictOn(deployment("shop", "cart"), 90, 4, finding.Finding{Check: "PrivilegedContainer", Consequence: finding.NodeRoot})
	cart.Unavailable = []snapshot.SourceStatus{{Source: snapshot.Nodes, State: snapshot.Forbidden}}
	k.board.Put(cart)
	wantSeries(t, k.reg, "daysix_findings", "check=PrivilegedContainer severity=High 1")
	wantSeries(t, k.reg, Reports, "completeness=complete 0", "completeness=incomplete 1")
	k.board.Put(verdictOn(deployment("shop", "cart"), 10, 2))
	wantSeries(t, k.reg, "daysix_findings")
	wantSeries(t, k.reg, Reports, "completeness=complete 1", "completeness=incomplete 0")
	wantSeries(t, k.reg, "daysix_workload_score", "kind=Deployment namespace=shop workload=cart 10")
	k.board.Delete(deployment("shop", "cart"))
	wantSeries(t, k.reg, "daysix_workload_score")
	wantSeries(t, k.reg, "daysix_workloads")
}

func TestFindingsAreCountedByCheckAndSeverity(t *testing.T) {
	k := newKit(t, Limits{})
	certain := finding.Finding{Check: "HostPathWritable", Consequence: finding.NodeRoot}
	conditional := finding.Finding{Check: "HostPathWritable", Consequence: finding.NodeRoot, Condition: "It must run as root."}
	k.board.Put(verdictOn(deployment("shop", "a"), 90, 4, certain, certain))
	k.board.Put(verdictOn(deployment("shop", "b"), 90, 4, certain, conditional))
	wantSeries(t, k.reg, "daysix_findings", "check=HostPathWritable severity=High 3", "check=HostPathWritable severity=Medium 1")
}

func TestAReplicaThatDoesNotLeadExportsNothingOfWorkloads(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	k.leads = false
	k.board.Put(verdictOn(deployment("shop", "cart"), 90, 4, finding.Finding{Check: "PrivilegedContainer"}))
	var names []string
	families, err := k.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		names = append(names, family.GetName())
	}
	want := []string{CaughtUp, FirstPass, Leading, PendingOldest, PendingWorkloads, PodsWaiting, SourceState}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	wantSeries(t, k.reg, "daysix_pending_workloads", " 2")
	wantSeries(t, k.reg, "daysix_pending_oldest_seconds", " 1.5")
}

func TestEverySourceIsInExactlyOneState(t *testing.T) {
	k := newKit(t, Limits{})
	in := map[string]int{}
	for _, s := range nonzero(series(t, k.reg, "daysix_source_state")) {
		source, _, _ := strings.Cut(strings.TrimPrefix(s, "source="), " ")
		in[source]++
	}
	want := map[string]int{"podsecurityreports": 1, "auditexceptions": 1}
	for _, source := range snapshot.Sources() {
		want[string(source)] = 1
	}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Errorf("states by source (-want +got):\n%s", diff)
	}
}

func TestKindsOfTheSameNameInTwoGroupsAreTwo(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	for i, group := range []string{"apps", "example.com", "example.org"} {
		key := deployment("shop", "cart")
		key.Group = group
		k.board.Put(verdictOn(key, 10*i, 2))
	}
	wantSeries(t, k.reg, "daysix_workload_score",
		"kind=Deployment namespace=shop workload=cart 0",
		"kind=Deployment.example.com namespace=shop workload=cart 10",
		"kind=Deployment.example.org namespace=shop workload=cart 20")
}

func TestTheDurationOfAssessmentsIsANativeAndAClassicHistogram(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	NewWork(reg, publish.Writes()...).Assessed(time.Unix(1, 0), time.Unix(1, 300_000))
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "daysix_assessment_duration_seconds" {
			continue
		}
		h := family.GetMetric()[0].GetHistogram()
		if len(h.GetBucket()) != 10 || h.Schema == nil || len(h.GetPositiveSpan()) != 1 || h.GetSampleCount() != 1 {
			t.Fatalf("got %s", h)
		}
		return
	}
	t.Fatal("there is no histogram")
}

func TestWorkIsCountedByResult(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	w := NewWork(reg, publish.Writes()...)
	for _, outcome := range []publish.Outcome{publish.Created, publish.Created, publish.Failed} {
		w.Published(string(outcome), time.Unix(1, 0), time.Unix(2, 0))
	}
	wantSeries(t, reg, "daysix_report_writes_total", "result=created 2", "result=deleted 0", "result=failed 1",
		"result=recreated 0", "result=restored 0", "result=skipped 0", "result=updated 0")
	w.Reloaded(true)
	w.Reloaded(false)
	wantSeries(t, reg, "daysix_config_reloads_total", "result=failure 1", "result=success 1")
	w.Affected(snapshot.Nodes, 3)
	w.Affected(snapshot.Nodes, 4)
	if diff := cmp.Diff([]string{"source=nodes 7"}, nonzero(series(t, reg, "daysix_affected_workloads_total"))); diff != "" {
		t.Errorf("affected (-want +got):\n%s", diff)
	}
}
