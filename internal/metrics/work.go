package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/snapshot"
)

// SourceParams stands for the parameters of policies among the sources that affect workloads: their kinds are the users'.
const SourceParams snapshot.Source = "params"

// The families that count what Daysix does.
const (
	AssessmentDuration = "daysix_assessment_duration_seconds"
	PublishDuration    = "daysix_publish_duration_seconds"
	EventToReport      = "daysix_event_to_report_seconds"
	LastAssessment     = "daysix_last_assessment_timestamp_seconds"
	LastReport         = "daysix_last_report_timestamp_seconds"
	ReportWrites       = "daysix_report_writes_total"
	ConfigReloads      = "daysix_config_reloads_total"
	AffectedWorkloads  = "daysix_affected_workloads_total"
	LastResponse       = "daysix_apiserver_last_response_timestamp_seconds"
	DryRunGuard        = "daysix_dry_run_guard_in_force"
)

// maxResults is how many results a write can have; the publisher lists them.
const maxResults = 10

func workFamilies() []Family {
	histogram := func(name, help string, buckets []float64) Family {
		return Family{name, help, Histogram, nil, EveryReplica, fixed(len(buckets) + 3), false} // +Inf, sum and count
	}
	gauge := func(name, help string) Family { return Family{name, help, Gauge, nil, EveryReplica, fixed(1), false} }
	return []Family{
		histogram(AssessmentDuration, "Time that the assessment of one workload takes, from the view to the verdict.", assessmentBuckets()),
		histogram(PublishDuration, "Time that one write of a report takes, until the API server has answered.", publishBuckets()),
		histogram(EventToReport,
			"Time from when a change in the cluster is seen until the report that it changes is written.", eventBuckets()),
		gauge(LastAssessment, "When a workload was assessed last; 0 until then."),
		gauge(LastReport, "When a report was written last; 0 until then."),
		gauge(LastResponse, "When the API server answered last, be it with an error or with a part of a watch; 0 until then."),
		{
			ReportWrites, "Writes of reports to the API server, by result.", Counter,
			[]string{"result"},
			EveryReplica, fixed(maxResults), false,
		},
		{
			ConfigReloads, "Reloads of the configuration file, by result; after a failed one the old configuration stays.", Counter,
			[]string{"result"},
			EveryReplica, fixed(len(reloadResults())), false,
		},
		{
			AffectedWorkloads, "Workloads that had to be assessed anew because of a change, by the source that changed.", Counter,
			[]string{"source"},
			EveryReplica, fixed(len(snapshot.Sources()) + 1), false,
		},
		gauge(DryRunGuard, "1 while the guard of the dry-run mode is in force and the API server is asked, else 0."),
	}
}

func assessmentBuckets() []float64 {
	return []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .25}
}

func publishBuckets() []float64 { return []float64{.0025, .005, .01, .025, .05, .1, .25, .5, 1, 5} }

func eventBuckets() []float64 {
	return []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}
}

const (
	success = "success"
	failure = "failure"
)

func reloadResults() []string { return []string{failure, success} }

// Work counts what Daysix does.
type Work struct {
	assessments, publications, events prometheus.Histogram
	lastAssessment, lastReport        prometheus.Gauge
	writes, reloads, affected         *prometheus.CounterVec
}

// NewWork registers the metrics of the work. The results are those that a write of a report can have.
func NewWork(registry prometheus.Registerer, results ...string) *Work {
	families := familiesByName(workFamilies())
	w := &Work{
		assessments:    families.histogram(AssessmentDuration, assessmentBuckets()),
		publications:   families.histogram(PublishDuration, publishBuckets()),
		events:         families.histogram(EventToReport, eventBuckets()),
		lastAssessment: families.gauge(LastAssessment),
		lastReport:     families.gauge(LastReport),
		writes:         families.counters(ReportWrites),
		reloads:        families.counters(ConfigReloads),
		affected:       families.counters(AffectedWorkloads),
	}
	for _, source := range append(snapshot.Sources(), SourceParams) {
		w.affected.WithLabelValues(string(source))
	}
	for _, result := range results {
		w.writes.WithLabelValues(result)
	}
	for _, result := range reloadResults() {
		w.reloads.WithLabelValues(result)
	}
	registry.MustRegister(w.assessments, w.publications, w.events, w.lastAssessment, w.lastReport, w.writes, w.reloads, w.affected)
	return w
}

// Assessed records an assessment.
func (w *Work) Assessed(began, ended time.Time) {
	w.assessments.Observe(ended.Sub(began).Seconds())
	w.lastAssessment.Set(seconds(ended))
}

// Affected records that a change in a source affects workloads.
func (w *Work) Affected(source snapshot.Source, workloads int) {
	w.affected.WithLabelValues(string(source)).Add(float64(workloads))
}

// Published records a write and its result.
func (w *Work) Published(result string, began, ended time.Time) {
	w.writes.WithLabelValues(result).Inc()
	w.publications.Observe(ended.Sub(began).Seconds())
}

// Reported records that a change which was seen some time ago has come into its report.
func (w *Work) Reported(waited time.Duration, at time.Time) {
	w.events.Observe(waited.Seconds())
	w.lastReport.Set(seconds(at))
}

// Reloaded records whether a reload of the configuration succeeded.
func (w *Work) Reloaded(succeeded bool) {
	if succeeded {
		w.reloads.WithLabelValues(success).Inc()
	} else {
		w.reloads.WithLabelValues(failure).Inc()
	}
}
