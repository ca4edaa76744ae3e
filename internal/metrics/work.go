package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/snapshot"
)

const namespace = "daysix"

// SourceParams stands for the parameters of policies among the sources that affect workloads: their kinds are the users'.
const SourceParams snapshot.Source = "params"

// Work counts what Daysix does.
type Work struct {
	assessments prometheus.Histogram
	writes      *prometheus.CounterVec
	reloads     *prometheus.CounterVec
	affected    *prometheus.CounterVec
}

// NewWork registers the metrics of the work. The results are those that a write of a report can have.
func NewWork(registry prometheus.Registerer, results ...string) *Work {
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
	for _, source := range append(snapshot.Sources(), SourceParams) {
		w.affected.WithLabelValues(string(source))
	}
	for _, result := range results {
		w.writes.WithLabelValues(result)
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

// Published records the result of a write.
func (w *Work) Published(result string) { w.writes.WithLabelValues(result).Inc() }

// Reloaded records whether a reload of the configuration succeeded.
func (w *Work) Reloaded(success bool) {
	if success {
		w.reloads.WithLabelValues("success").Inc()
	} else {
		w.reloads.WithLabelValues("failure").Inc()
	}
}
