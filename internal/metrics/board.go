package metrics

import (
	"slices"
	"sync"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// Board keeps the last verdict on every workload, as little of it as the metrics need.
type Board struct {
	mu       sync.RWMutex
	verdicts map[snapshot.Key]verdict
	// findings are counted as they come and go: there are too many to count them at every scrape.
	findings map[counted]int
}

// Said is what a report says of a workload. It may be worse than the assessment: a source that is lost proves nothing.
type Said struct {
	Score                int
	Severity, Unaccepted finding.Severity
}

type verdict struct {
	Said
	complete bool
	rootLike bool
	reach    finding.Reach
	answers  []answered
	findings []counted
	restarts restarts
	// permissions keep alive what has been computed of the rights of the workload's ServiceAccounts.
	permissions []*rbac.PermissionSet
}

// counted is a check with a severity, once for each finding.
type counted struct {
	check    finding.CheckID
	severity finding.Severity
}

// answered is the answer to a question.
type answered struct {
	question finding.Question
	answer   finding.Verdict
}

// NewBoard returns an empty board.
func NewBoard() *Board {
	return &Board{verdicts: make(map[snapshot.Key]verdict), findings: make(map[counted]int)}
}

// Put records the verdict on a workload. Where a source is missing, it does not lower what was said before.
func (b *Board) Put(a *assess.Assessment) {
	v := verdictOf(a)
	b.mu.Lock()
	defer b.mu.Unlock()
	before, known := b.verdicts[a.Workload.Key]
	if known && !v.complete {
		v.hold(before.Said)
	}
	b.count(before.findings, -1)
	b.count(v.findings, 1)
	b.verdicts[a.Workload.Key] = v
}

func (b *Board) count(findings []counted, n int) {
	for _, c := range findings {
		if b.findings[c] += n; b.findings[c] == 0 {
			delete(b.findings, c)
		}
	}
}

// Say records what the report of a workload says, where the workload is known.
func (b *Board) Say(key snapshot.Key, said Said) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, known := b.verdicts[key]; known {
		v.Said = said
		b.verdicts[key] = v
	}
}

// Delete forgets a workload.
func (b *Board) Delete(key snapshot.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(b.verdicts[key].findings, -1)
	delete(b.verdicts, key)
}

func verdictOf(a *assess.Assessment) verdict {
	v := verdict{
		Said:     Said{a.Score.Score, a.Score.Severity(), a.UnacceptedSeverity()},
		complete: len(a.Unavailable) == 0, reach: a.Reach, permissions: a.Permissions, restarts: restartsOf(a),
		findings: make([]counted, 0, len(a.Findings)), answers: make([]answered, 0, len(a.Answers)),
	}
	for i := range a.Findings {
		v.findings = append(v.findings, counted{a.Findings[i].Check, a.Findings[i].Severity()})
		v.rootLike = v.rootLike || a.Findings[i].Check == rootLikePod
	}
	for i := range a.Answers {
		v.answers = append(v.answers, answered{a.Answers[i].Question, a.Answers[i].Verdict})
	}
	return v
}

// rootLikePod is the check that speaks up outside of the system namespaces only.
const rootLikePod finding.CheckID = "RootLikePod"

func (v *verdict) reachesClusterAdmin() bool {
	return slices.Contains(v.answers, answered{finding.BecomeClusterAdmin, finding.Yes})
}

func (s *Said) hold(before Said) {
	s.Score = max(s.Score, before.Score)
	s.Severity = worse(s.Severity, before.Severity)
	s.Unaccepted = worse(s.Unaccepted, before.Unaccepted)
}

func worse(a, b finding.Severity) finding.Severity {
	if a.Rank() < b.Rank() {
		return b
	}
	return a
}
