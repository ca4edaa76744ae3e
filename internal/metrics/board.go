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
}

type verdict struct {
	score    int
	severity finding.Severity
	complete bool
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

// NewBoard returns an empty board.
func NewBoard() *Board { return &Board{verdicts: make(map[snapshot.Key]verdict)} }

// Put records the verdict on a workload.
func (b *Board) Put(a *assess.Assessment) {
	v := verdict{
		score: a.Score.Score, severity: a.Score.Severity(), complete: len(a.Unavailable) == 0, permissions: a.Permissions,
		restarts: restartsOf(a),
	}
	for i := range a.Findings {
		v.findings = append(v.findings, counted{a.Findings[i].Check, a.Findings[i].Severity()})
	}
	v.findings = slices.Clip(v.findings)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.verdicts[a.Workload.Key] = v
}

// Delete forgets a workload.
func (b *Board) Delete(key snapshot.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.verdicts, key)
}
