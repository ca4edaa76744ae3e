package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/rbac"
)

// maxSeries is what Daysix may export with the defaults, whatever the cluster holds.
const maxSeries = 5000

func defaults() Limits {
	m := config.Default().Metrics
	return Limits{Workloads: m.MaxWorkloadSeries, Namespaces: m.MaxNamespaceSeries}
}

// hostile fills a board so that every label takes as many values as it can: each check in every severity, policies of their
// own in each namespace, a reason of its own for each workload.
func hostile(b *Board, workloads, namespaces int) {
	consequences := []finding.Consequence{finding.ClusterAdmin, finding.NodeRoot, finding.SecretsOfNamespace, finding.ReachOutside, finding.Hygiene}
	var checks []finding.CheckID
	for _, c := range posture.Registry() {
		checks = append(checks, c.ID)
	}
	for _, p := range rbac.Registry() {
		checks = append(checks, p.ID)
	}
	for i := range workloads {
		a := verdictOn(deployment(fmt.Sprintf("team-%03d", i%namespaces), fmt.Sprintf("workload-%05d", i)), i%101, finding.Tier(i%6))
		for j := range 30 {
			a.Findings = append(a.Findings, finding.Finding{Check: checks[(i+j*7)%len(checks)], Consequence: consequences[(i+j)%len(consequences)]})
		}
		a.Reach = reaches()[i%len(reaches())]
		for j, question := range finding.Questions() {
			a.Answers = append(a.Answers, finding.Answer{Question: question, Verdict: verdicts()[(i+j)%len(verdicts())]})
		}
		a.Restart = &restart.Restart{
			Verdict: restart.Unknown, Reason: fmt.Sprint("Reason", i), Since: time.Unix(int64(i+1), 0),
			Pods: map[restart.Verdict]int{restart.Denied: 1, restart.Admitted: 2},
			Refusals: []restart.Refusal{
				{Kind: "ValidatingAdmissionPolicy", Name: fmt.Sprint("policy-", i%997), Since: time.Unix(5, 0), NewerThanPods: true},
			},
		}
		b.Put(a)
	}
}

// exposed counts series as a classic scrape sees them.
func exposed(tb testing.TB, g prometheus.Gatherer) map[string]int {
	tb.Helper()
	families, err := g.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]int{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if h := m.GetHistogram(); h != nil {
				out[family.GetName()] += len(h.GetBucket()) + 3 // +Inf, sum and count
				continue
			}
			out[family.GetName()]++
		}
	}
	return out
}

func TestSeriesStayWithinTheirBounds(t *testing.T) {
	for name, limits := range map[string]Limits{"the defaults": defaults(), "nothing": {}, "one of each": {Workloads: 1, Namespaces: 1}} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, limits)
			hostile(k.board, 20_000, 500)
			NewWork(k.reg, publish.Writes()...)
			NewDryRun(k.reg)
			NewAnswers(k.reg, time.Now)
			k.reg.MustRegister(NewPolicyFaults(func() []admission.Fault { return nil }))
			got := exposed(t, k.reg)
			total := 0
			for _, f := range Families() {
				if got[f.Name] > f.Most(limits) {
					t.Errorf("%s has %d series, at most %d are declared", f.Name, got[f.Name], f.Most(limits))
				}
				total += got[f.Name]
				delete(got, f.Name)
			}
			if len(got) > 0 {
				t.Errorf("families that are not declared: %v", got)
			}
			t.Logf("%d series of at most %d", total, Series(limits))
			if limits == defaults() && Series(limits) > maxSeries {
				t.Errorf("%d series may be exported, at most %d are wanted", Series(limits), maxSeries)
			}
		})
	}
}

// What is added up is not lost: the sums are those without a cap.
func TestACapLosesNothingThatCanBeAddedUp(t *testing.T) {
	sums := func(limits Limits) map[string]float64 {
		k := newKit(t, limits)
		hostile(k.board, 2_000, 50)
		families, err := k.reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, family := range families {
			switch family.GetName() {
			case WorkloadScore, WorkloadUnacceptedSeverity, SeriesDropped, RestartDeniedSince, RestartNewerPolicy:
				continue
			}
			for _, m := range family.GetMetric() {
				out[family.GetName()] += m.GetGauge().GetValue()
			}
		}
		return out
	}
	if diff := cmp.Diff(sums(Limits{Workloads: 9999, Namespaces: 9999}), sums(Limits{Workloads: 3, Namespaces: 3})); diff != "" {
		t.Errorf("sums (-uncapped +capped):\n%s", diff)
	}
}

func TestEveryFamilyIsDeclaredAsItIsExported(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	hostile(k.board, 50, 5)
	k.exceptions.NextExpiry = time.Unix(1, 0)
	w := NewWork(k.reg, publish.Writes()...)
	w.Affected(SourceParams, 1)
	NewDryRun(k.reg)
	NewAnswers(k.reg, func() time.Time { return time.Unix(1, 0) })
	k.reg.MustRegister(NewPolicyFaults(func() []admission.Fault { return nil }), owned().Collector(func() bool { return true }))
	families, err := k.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	type shape struct{ name, help, kind, labels string }
	var want, got []shape
	for _, f := range families {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		got = append(got, shape{f.GetName(), f.GetHelp(), strings.ToLower(f.GetType().String()), sorted(labels)})
	}
	for _, f := range Families() {
		want = append(want, shape{f.Name, f.Help, string(f.Type), sorted(f.Labels)})
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(shape{})); diff != "" {
		t.Errorf("families (-declared +exported):\n%s", diff)
	}
}

// BenchmarkScrape is a scrape of 20,000 workloads in 500 namespaces, without its way over the network.
func BenchmarkScrape(b *testing.B) {
	k := newKit(b, defaults())
	k.reg = prometheus.NewRegistry() // As in the manager: a pedantic one checks what tests check.
	k.reg.MustRegister(k.state)
	hostile(k.board, 20_000, 500)
	NewWork(k.reg, publish.Writes()...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.reg.Gather(); err != nil {
			b.Fatal(err)
		}
	}
	total := 0
	for _, n := range exposed(b, k.reg) {
		total += n
	}
	b.ReportMetric(float64(total), "series")
}
