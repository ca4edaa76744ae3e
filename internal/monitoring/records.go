package monitoring

import (
	"fmt"

	"github.com/daysix/daysix/internal/metrics"
)

// Record is a recording rule.
type Record struct {
	Name, Expr string
	// Is says what it is, for people.
	Is string
}

// The recording rules. They have one series for each thing that they speak of, whichever replica exports it: instance and pod
// are left out, so that a change of the leader changes no alert.
const (
	ScoreRecord        = "daysix:workload_score:max"
	SeverityRecord     = "daysix:workload_unaccepted_severity:max"
	NamespaceRecord    = "daysix:namespace_workloads:max"
	WorkloadsRecord    = "daysix:workloads:sum"
	RootLikeRecord     = "daysix:root_like_workloads:max"
	ClusterAdminRecord = "daysix:cluster_admin_workloads:max"
	RestartRecord      = "daysix:restart_pods:max"
	ReportDelayRecord  = "daysix:event_to_report_seconds:p99"
	AssessmentRecord   = "daysix:assessment_duration_seconds:p99"
)

// Records lists the recording rules, in the order of evaluation.
func Records(pace Pace) []Record {
	once := func(name, family, by, is string) Record {
		return Record{name, fmt.Sprintf("max by (cluster, %s) (%s)", by, family), is}
	}
	return []Record{
		once(ScoreRecord, metrics.WorkloadScore, "namespace, kind, workload", "score of a workload"),
		once(SeverityRecord, metrics.WorkloadUnacceptedSeverity, "namespace, kind, workload", "severity of what is not accepted, 0 to 4"),
		once(NamespaceRecord, metrics.Workloads, "namespace, severity", "workloads of a namespace by severity"),
		{WorkloadsRecord, fmt.Sprintf("sum by (cluster, severity) (%s)", NamespaceRecord), "workloads by severity"},
		once(RootLikeRecord, metrics.RootLikeWorkloads, "namespace", "root-like workloads outside of the system namespaces"),
		once(ClusterAdminRecord, metrics.ClusterAdminWorkloads, "namespace", "workloads from which cluster-admin is reached"),
		once(RestartRecord, metrics.RestartPods, "namespace, verdict", "pods by what would become of them"),
		{ReportDelayRecord, Quantile(.99, metrics.EventToReport, duration(pace.Range)), "99th percentile from a change to its report"},
		{AssessmentRecord, Quantile(.99, metrics.AssessmentDuration, duration(pace.Range)), "99th percentile of an assessment"},
	}
}

// Quantile is an expression over a histogram, in each cluster. A Prometheus that scrapes native histograms has no classic
// buckets of it, any other one has nothing else.
func Quantile(q float64, family, window string) string {
	native := fmt.Sprintf("histogram_quantile(%g, sum by (cluster) (rate(%s[%s])))", q, family, window)
	classic := fmt.Sprintf("histogram_quantile(%g, sum by (cluster, le) (rate(%s_bucket[%s])))", q, family, window)
	return native + "\nor\n" + classic
}
