package diff

import (
	"cmp"
	"slices"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// Change is what became of a workload, or of a finding.
type Change string

// The changes, worst first.
const (
	New    Change = "New"
	Worse  Change = "Worse"
	Other  Change = "Changed" // other findings, which make it neither worse nor better
	Better Change = "Better"
	Gone   Change = "Gone"
)

func (c Change) order() int { return slices.Index([]Change{New, Worse, Other, Better, Gone}, c) }

// Result is what has changed between two audits.
type Result struct {
	// Workloads that have changed, those that became worse first.
	Workloads []Workload `json:"workloads"`
	// Counts of workloads and findings by what became of them.
	Counts Counts `json:"counts"`
}

// Counts counts what has changed.
type Counts struct {
	Workloads map[Change]int `json:"workloads"`
	Findings  map[Change]int `json:"findings"`
	Unchanged int            `json:"unchanged"`
	// Truncated are reports that leave findings out: what they leave out may seem new or gone.
	Truncated int `json:"truncated"`
}

// Workload is a workload that has changed.
type Workload struct {
	Namespace string                           `json:"namespace"`
	Workload  daysixv1alpha1.WorkloadReference `json:"workload"`
	Change    Change                           `json:"change"`
	// Before and After are absent where there was no such workload, or is none.
	Before *Verdict `json:"before,omitempty"`
	After  *Verdict `json:"after,omitempty"`
	// Findings that have changed, worst first.
	Findings []Finding `json:"findings,omitempty"`
}

// Verdict is what is compared of a report.
type Verdict struct {
	Score              int32                         `json:"score"`
	ScoreModel         string                        `json:"scoreModel,omitempty"`
	Severity           daysixv1alpha1.Severity       `json:"severity,omitempty"`
	UnacceptedSeverity daysixv1alpha1.Severity       `json:"unacceptedSeverity,omitempty"`
	Restart            daysixv1alpha1.RestartVerdict `json:"restart,omitempty"`
}

// Finding is a finding that has changed.
type Finding struct {
	Change    Change `json:"change"`
	Check     string `json:"check"`
	Container string `json:"container,omitempty"`
	Field     string `json:"field,omitempty"`
	// Severity is that of today, or the last one of a finding that is gone; Before the one that was another.
	Severity daysixv1alpha1.Severity `json:"severity"`
	Before   daysixv1alpha1.Severity `json:"before,omitempty"`
}

type key struct{ namespace, group, kind, name string }

func keyOf(r *daysixv1alpha1.PodSecurityReport) key {
	ref := &r.Spec.WorkloadRef
	group, _, grouped := strings.Cut(ref.APIVersion, "/")
	if !grouped {
		group = ""
	}
	return key{r.Namespace, group, ref.Kind, ref.Name}
}

// Reports compares two audits. Of a workload that is given twice, the last report counts.
func Reports(before, after []*daysixv1alpha1.PodSecurityReport) *Result {
	out := &Result{Workloads: []Workload{}, Counts: Counts{Workloads: map[Change]int{}, Findings: map[Change]int{}}}
	old, fresh := byKey(before), byKey(after)
	for _, r := range fresh {
		out.add(old[keyOf(r)], r)
	}
	for at, r := range old {
		if _, still := fresh[at]; !still {
			out.add(r, nil)
		}
	}
	slices.SortFunc(out.Workloads, func(a, b Workload) int {
		return cmp.Or(
			cmp.Compare(a.Change.order(), b.Change.order()), cmp.Compare(b.score(), a.score()), cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(a.Workload.Kind, b.Workload.Kind), cmp.Compare(a.Workload.Name, b.Workload.Name),
			cmp.Compare(a.Workload.APIVersion, b.Workload.APIVersion),
		)
	})
	return out
}

func byKey(reports []*daysixv1alpha1.PodSecurityReport) map[key]*daysixv1alpha1.PodSecurityReport {
	out := make(map[key]*daysixv1alpha1.PodSecurityReport, len(reports))
	for _, r := range reports {
		out[keyOf(r)] = r
	}
	return out
}

func (w *Workload) score() int32 {
	if w.After != nil {
		return w.After.Score
	}
	return w.Before.Score
}

// add compares two reports of a workload, of which one may be nil.
func (r *Result) add(old, fresh *daysixv1alpha1.PodSecurityReport) {
	named := cmp.Or(fresh, old)
	w := Workload{Namespace: named.Namespace, Workload: named.Spec.WorkloadRef, Before: verdictOf(old), After: verdictOf(fresh)}
	w.Workload.UID = "" // Another one of the same name is the same workload to whoever compares.
	w.Findings = findings(findingsOf(old), findingsOf(fresh))
	for _, each := range [...]*daysixv1alpha1.PodSecurityReport{old, fresh} {
		if each != nil && each.Status.FindingsTruncated > 0 {
			r.Counts.Truncated++
		}
	}
	if w.Change = changeOf(&w); w.Change == "" {
		r.Counts.Unchanged++
		return
	}
	r.Counts.Workloads[w.Change]++
	for i := range w.Findings {
		r.Counts.Findings[w.Findings[i].Change]++
	}
	r.Workloads = append(r.Workloads, w)
}

func verdictOf(r *daysixv1alpha1.PodSecurityReport) *Verdict {
	if r == nil {
		return nil
	}
	s := &r.Status
	return &Verdict{
		Score: s.Score, ScoreModel: s.ScoreModel, Severity: s.Severity, UnacceptedSeverity: s.UnacceptedSeverity, Restart: s.Restart.Verdict,
	}
}

// changeOf is what became of a workload; empty where nothing did. Something that became worse weighs more than all that became
// better.
func changeOf(w *Workload) Change {
	switch {
	case w.Before == nil:
		return New
	case w.After == nil:
		return Gone
	}
	steps := []int{
		rank(w.After.Severity) - rank(w.Before.Severity), rank(w.After.UnacceptedSeverity) - rank(w.Before.UnacceptedSeverity),
		restartRank(w.After.Restart) - restartRank(w.Before.Restart),
	}
	if w.After.ScoreModel == w.Before.ScoreModel { // Scores of different models cannot be compared.
		steps = append(steps, int(w.After.Score-w.Before.Score))
	}
	switch {
	case slices.Max(steps) > 0:
		return Worse
	case slices.Min(steps) < 0:
		return Better
	case len(w.Findings) > 0:
		return Other
	default:
		return ""
	}
}

func rank(s daysixv1alpha1.Severity) int { return finding.Severity(s).Rank() }

// restartRank orders verdicts on a restart by how bad they are. What was never asked is no worse than what is admitted.
func restartRank(v daysixv1alpha1.RestartVerdict) int {
	switch v {
	case daysixv1alpha1.RestartDenied:
		return 3
	case daysixv1alpha1.RestartNotRecreated:
		return 2
	case daysixv1alpha1.RestartUnknown:
		return 1
	default:
		return 0
	}
}
