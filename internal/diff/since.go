package diff

import (
	"cmp"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// Row is a workload among the worst ones.
type Row struct {
	Namespace          string                           `json:"namespace"`
	Workload           daysixv1alpha1.WorkloadReference `json:"workload"`
	Priority           daysixv1alpha1.Priority          `json:"priority,omitempty"`
	Score              int32                            `json:"score"`
	Severity           daysixv1alpha1.Severity          `json:"severity"`
	UnacceptedSeverity daysixv1alpha1.Severity          `json:"unacceptedSeverity,omitempty"`
	SeveritySince      metav1.Time                      `json:"severitySince,omitzero"`
	Reach              daysixv1alpha1.Reach             `json:"reach,omitempty"`
	Exposure           daysixv1alpha1.Exposure          `json:"exposure,omitempty"`
	Restart            daysixv1alpha1.RestartVerdict    `json:"restart,omitempty"`
	// Worst is the check that finds the worst that nobody has accepted.
	Worst string `json:"worst,omitempty"`
	// News says what became new or worse within the time that was asked about; absent where none was.
	News *News `json:"news,omitempty"`
}

// News is what became new or worse within a time, by the times in a report.
type News struct {
	// Workload is true where the report itself is new.
	Workload bool `json:"workload,omitempty"`
	// Severity is true where the severity rose, as far as the report tells: to that of a finding as new as it.
	Severity bool `json:"severity,omitempty"`
	// Restart is true where its pods came to be refused, or to be created again by nobody.
	Restart bool `json:"restart,omitempty"`
	// Findings that are new or worse and that nobody has accepted, worst first.
	Findings []Finding `json:"findings,omitempty"`
}

// Top lists reports by priority, then by score. Where from is not zero, only those are listed to which something has happened
// since.
func Top(reports []*daysixv1alpha1.PodSecurityReport, from time.Time) []Row {
	rows := []Row{}
	for _, r := range reports {
		s := &r.Status
		row := Row{
			Namespace: r.Namespace, Workload: r.Spec.WorkloadRef, Priority: s.Priority, Score: s.Score, Severity: s.Severity,
			UnacceptedSeverity: s.UnacceptedSeverity, SeveritySince: s.SeveritySince, Reach: s.Reach, Exposure: s.Exposure,
			Restart: s.Restart.Verdict,
		}
		for i := range s.Findings {
			if s.Findings[i].AcceptedBy == "" {
				row.Worst = s.Findings[i].Check
				break
			}
		}
		if !from.IsZero() {
			if row.News = newsOf(r, from); row.News == nil {
				continue
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(cmp.Or(a.Priority, last), cmp.Or(b.Priority, last)), cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload.Kind, b.Workload.Kind),
			cmp.Compare(a.Workload.Name, b.Workload.Name), cmp.Compare(a.Workload.APIVersion, b.Workload.APIVersion),
		)
	})
	return rows
}

// last stands behind every priority.
const last daysixv1alpha1.Priority = "P9"

// newsOf is what happened to a workload since a time; nil where nothing did.
func newsOf(r *daysixv1alpha1.PodSecurityReport, from time.Time) *News {
	within := func(t metav1.Time) bool { return !t.IsZero() && !t.Time.Before(from) }
	s := &r.Status
	news := News{
		Workload: within(r.CreationTimestamp),
		Restart:  within(s.Restart.VerdictSince) && restartRank(s.Restart.Verdict) >= restartRank(daysixv1alpha1.RestartNotRecreated),
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		if !within(f.Since) {
			continue
		}
		news.Severity = news.Severity || within(s.SeveritySince) && f.Severity == s.Severity
		if f.AcceptedBy == "" {
			news.Findings = append(news.Findings,
				Finding{Change: New, Check: f.Check, Container: f.Container, Field: f.Field, Severity: f.Severity})
		}
	}
	if !news.Workload && !news.Severity && !news.Restart && len(news.Findings) == 0 {
		return nil
	}
	return &news
}
