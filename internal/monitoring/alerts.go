package monitoring

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/snapshot"
)

// runbooks is where the pages are that alerts link to.
const runbooks = "https://github.com/daysix/daysix/blob/main/docs/runbooks/"

// Severity is how soon somebody should look.
type Severity string

// The severities of alerts.
const (
	Critical Severity = "critical" // wake somebody up
	Warning  Severity = "warning"  // look today
	Info     Severity = "info"     // look some day
)

// Alert is an alerting rule.
type Alert struct {
	// Name begins with Daysix. That of the runbook follows from it.
	Name     string
	Severity Severity
	Expr     string
	For      time.Duration
	// Summary and Description are templates of Prometheus.
	Summary, Description string
}

// Page is the file name of the runbook: pods-denied-on-restart.md of DaysixPodsDeniedOnRestart.
func (a *Alert) Page() string {
	var name strings.Builder
	words := strings.TrimPrefix(a.Name, "Daysix")
	capital := func(i int) bool { return i < len(words) && words[i] >= 'A' && words[i] <= 'Z' }
	for i, r := range words {
		// The last capital of several in a row begins the next word: APIServer.
		if i > 0 && capital(i) && (!capital(i-1) || !capital(i+1)) {
			name.WriteByte('-')
		}
		name.WriteRune(r)
	}
	return strings.ToLower(name.String()) + ".md"
}

// Runbook is the address of the page.
func (a *Alert) Runbook() string { return runbooks + a.Page() }

// Alerts lists the alerts: first those about the cluster, then those about the audit itself.
func Alerts(pace Pace) []Alert {
	return slices.Concat(riskAlerts(pace), restartAlerts(pace), exceptionAlerts(pace), auditAlerts(pace))
}

// known holds once Daysix has been there for as long as something counts as new: on the day of its installation nothing is.
func known(pace Pace) string {
	return fmt.Sprintf("and on (cluster) group by (cluster) (%s offset %s)", WorkloadsRecord, duration(pace.New))
}

// risen is where a count by namespace is higher than it was when the time of the new began.
func risen(record string, pace Pace) string {
	return fmt.Sprintf("%s > (%s offset %s or %s * 0)\n%s", record, record, duration(pace.New), record, known(pace))
}

func riskAlerts(pace Pace) []Alert {
	critical := finding.SeverityCritical.Rank()
	news := duration(pace.New)
	return []Alert{
		{
			Name: "DaysixWorkloadBecameCritical", Severity: Critical,
			Expr: fmt.Sprintf("%s == %d\nunless %s offset %s == %d\n%s",
				SeverityRecord, critical, SeverityRecord, news, critical, known(pace)),
			Summary: "{{ $labels.kind }} {{ $labels.namespace }}/{{ $labels.workload }} has become Critical",
			Description: "Whoever takes over a pod of {{ $labels.kind }} {{ $labels.namespace }}/{{ $labels.workload }} takes " +
				"over the cluster. " +
				"That was not so " + news + " ago, and no exception accepts it.",
		},
		{
			Name: "DaysixClusterAdminPathAppeared", Severity: Critical,
			Expr:    risen(ClusterAdminRecord, pace),
			Summary: "More workloads of {{ $labels.namespace }} reach cluster-admin",
			Description: "From {{ $value }} workloads of {{ $labels.namespace }} there is a path to cluster-admin, more than " + news +
				" ago. Accepted ones count.",
		},
		{
			Name: "DaysixRootLikePodAppeared", Severity: Warning,
			Expr:    risen(RootLikeRecord, pace),
			Summary: "More workloads of {{ $labels.namespace }} are as good as root on their node",
			Description: "{{ $value }} workloads of {{ $labels.namespace }}, which is not a system namespace, have pods that " +
				"are as good as root " +
				"on their node, more than " + news + " ago.",
		},
	}
}

func restartAlerts(pace Pace) []Alert {
	return []Alert{
		{
			Name: "DaysixPodsDeniedOnRestart", Severity: Warning, For: pace.Long,
			Expr:    RestartRecord + `{verdict="Denied"} > 0`,
			Summary: "{{ $value }} running pods of {{ $labels.namespace }} would not come back",
			Description: "The API server would refuse {{ $value }} running pods of {{ $labels.namespace }} if they had to start again. " +
				"The next drain, eviction or rollout takes them away for good.",
		},
		{
			Name: "DaysixPolicyNewerThanPods", Severity: Warning, For: pace.Long,
			Expr:    fmt.Sprintf("time() - max by (cluster, namespace) (%s) > %g", metrics.RestartNewerPolicy, pace.Old.Seconds()),
			Summary: "A policy has refused running pods of {{ $labels.namespace }} for {{ humanizeDuration $value }}",
			Description: "Pods of {{ $labels.namespace }} run since before a policy was changed, {{ humanizeDuration $value }} " +
				"ago, that would " +
				"refuse them today. Nothing has restarted them since.",
		},
		{
			Name: "DaysixPolicyFaulty", Severity: Warning, For: pace.Long,
			Expr:    fmt.Sprintf("max by (cluster, kind) (%s) > 0", metrics.PolicyFaults),
			Summary: "{{ $value }} objects of kind {{ $labels.kind }} cannot be evaluated",
			Description: "{{ $value }} objects of kind {{ $labels.kind }} decide about pods and cannot be evaluated as a whole: an " +
				"expression does not compile, or a value is not known. The API server refuses what they match where they fail closed.",
		},
	}
}

func exceptionAlerts(pace Pace) []Alert {
	return []Alert{
		{
			Name: "DaysixExceptionExpiring", Severity: Warning,
			Expr:    fmt.Sprintf("max by (cluster) (%s) - time() < %g", metrics.ExceptionNextExpiry, pace.Ahead.Seconds()),
			Summary: "An exception ends in {{ humanizeDuration $value }}",
			Description: "What the AuditException accepts raises alerts again in {{ humanizeDuration $value }}. Fix it before " +
				"then, or decide anew to accept it.",
		},
		{
			Name: "DaysixExceptionInert", Severity: Info, For: pace.Long,
			Expr:    fmt.Sprintf("max by (cluster) (%s{state=%q}) > 0", metrics.Exceptions, string(exception.Inert)),
			Summary: "{{ $value }} exceptions accept nothing, or not all that they name",
			Description: "{{ $value }} AuditExceptions, or parts of them, match nothing. Either they are not needed any more, " +
				"or they are mistyped.",
		},
	}
}

func auditAlerts(pace Pace) []Alert {
	state := func(state snapshot.State) string {
		return fmt.Sprintf("max by (cluster, source) (%s{state=%q}) == 1", metrics.SourceState, string(state))
	}
	return []Alert{
		{
			Name: "DaysixAuditStale", Severity: Warning, For: pace.Brief,
			Expr: fmt.Sprintf("max by (cluster) (%s) > %g\nor max by (cluster) (%s) == 0",
				metrics.PendingOldest, pace.Long.Seconds(), metrics.FirstPass),
			Summary: "The reports of Daysix are behind the cluster",
			Description: "A change has waited for more than " + duration(pace.Long) + " to come into its report, or the first " +
				"pass over the cluster " +
				"does not end. Until then reports and metrics speak of the past.",
		},
		{
			Name: "DaysixSourceForbidden", Severity: Warning, For: pace.Brief,
			Expr:    state(snapshot.Forbidden),
			Summary: "Daysix may not read {{ $labels.source }}",
			Description: "The API server refuses to let Daysix read {{ $labels.source }}. Answers that need it are Unknown, " +
				"and reports say that " +
				"they are not complete.",
		},
		{
			Name: "DaysixSourceNotSynced", Severity: Warning, For: pace.Long,
			Expr:    state(snapshot.NotSynced),
			Summary: "Daysix has not read {{ $labels.source }} yet",
			Description: "Daysix has not been able to read all {{ $labels.source }} for " + duration(pace.Long) + ". Answers " +
				"that need them are Unknown.",
		},
		{
			Name: "DaysixPodsWaiting", Severity: Warning, For: pace.Long,
			Expr:    fmt.Sprintf("max by (cluster) (%s) > 0", metrics.PodsWaiting),
			Summary: "{{ $value }} pods are in no report",
			Description: "Daysix has not seen the owner of {{ $value }} pods for " + duration(pace.Long) + ", and no report counts " +
				"them. They are being deleted, a kind of owner is not read, or new ones keep coming.",
		},
		silent(pace),
		{
			Name: "DaysixNoLeader", Severity: Critical, For: pace.Brief,
			Expr:    fmt.Sprintf("max by (cluster) (%s) == 0\nor absent(%s)", metrics.Leading, metrics.Leading),
			Summary: "No replica of Daysix publishes",
			Description: "No replica of Daysix leads, or none can be scraped: reports are not written, and every alert about " +
				"the cluster " +
				"is silent.",
		},
	}
}

// silent looks at what was scraped of late: without the API server nobody is told apart from a stranger, and scrapes fail as well.
func silent(pace Pace) Alert {
	return Alert{
		Name: "DaysixAPIServerSilent", Severity: Warning, For: pace.Silent,
		Expr: fmt.Sprintf("time() - max by (cluster) (max_over_time(%s[%s])) > %g",
			metrics.LastResponse, duration(pace.Long), pace.Silent.Seconds()),
		Summary: "The API server has not answered Daysix for {{ humanizeDuration $value }}",
		Description: "No replica of Daysix has had an answer of the API server for {{ humanizeDuration $value }}. Reports and metrics " +
			"speak of the cluster as it was then.",
	}
}
