package assess

import (
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/score"
)

// UnacceptedSeverity is the severity of what no exception accepts: what alerts are about.
func (a *Assessment) UnacceptedSeverity() finding.Severity {
	if a.Accepted.By == nil {
		return a.Score.Severity()
	}
	var left []finding.Finding
	for i := range a.Findings {
		if a.Accepted.Of(i) == "" {
			left = append(left, a.Findings[i])
		}
	}
	return score.Of(risks(left)).Severity()
}

// Checks lists every check that may find something, whatever it looks at: the pod, the rights of its ServiceAccount, or the
// whole cluster.
func Checks() []finding.CheckID {
	var all []finding.CheckID
	for _, c := range posture.Registry() {
		all = append(all, c.ID)
	}
	for _, p := range rbac.Registry() {
		all = append(all, p.ID)
	}
	for _, c := range JoinedChecks() {
		all = append(all, c.ID)
	}
	return all
}
