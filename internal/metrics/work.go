package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

const namespace = "daysix"

// Work counts what Daysix does.
type Work struct {
	assessments prometheus.Histogram
	writes      *prometheus.CounterVec
	reloads     *prometheus.CounterVec
	affected    *prometheus.CounterVec
}

// NewWork registers the metrics of the work.
func NewWork(registry prometheus.Registerer) *Work {
	w := &Work{
		assessments: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "assessment_duration_seconds",
			Help:    "Time that the assessment of one workload takes, from the view to the verdict.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .25},

			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "report_writes_total",
			Help: "Writes of reports to the API server, by result.",
		}, []string{"result"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "config_reloads_total",
			Help: "Reloads of the configuration file, by result; after a failed one the old configuration stays in force.",
		}, []string{"result"}),
	}
	w.affected = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: namespace, Name: "affected_workloads_total",
		Help: "Workloads that had to be assessed anew because of a change, by the source that changed.",
	}, []string{"source"})
	for _, source := range snapshot.Sources() {
		w.affected.WithLabelValues(string(source))
	}
	for _, outcome := range publish.Outcomes() {
		w.writes.WithLabelValues(string(outcome))
	}
	for _, result := range []string{"success", "failure"} {
		w.reloads.WithLabelValues(result)
	}
	registry.MustRegister(w.assessments, w.writes, w.reloads, w.affected)
	return w
}

// Assessed records an assessment.
func (w *Work) Assessed(took time.Duration) { w.assessments.Observe(took.Seconds()) }

// Affected records that a change in a source affects workloads.
func (w *Work) Affected(source snapshot.Source, workloads int) {
	w.affected.WithLabelValues(string(source)).Add(float64(workloads))
}

// Published records what publishing did; what wrote nothing is not counted.
func (w *Work) Published(outcome publish.Outcome) {
	if outcome != publish.Unchanged && outcome != publish.Deferred {
		w.writes.WithLabelValues(string(outcome)).Inc()
	}
}

// Reloaded records whether a reload of the configuration succeeded.
func (w *Work) Reloaded(success bool) {
	if success {
		w.reloads.WithLabelValues("success").Inc()
	} else {
		w.reloads.WithLabelValues("failure").Inc()
	}
}
