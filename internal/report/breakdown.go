package report

import (
	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
)

// The classes of the breakdown that are no class of consequence.
const (
	partBase = "Base" // the floor of the tier
	partHeld = "Held" // a source was lost and the published score is kept
)

// breakdown names, for every part of the score, the check that accounts for it.
func breakdown(a *assess.Assessment) []daysixv1alpha1.ScorePart {
	var out []daysixv1alpha1.ScorePart
	for i, part := range a.Score.Parts {
		p := daysixv1alpha1.ScorePart{Class: string(part.Class), Points: int32(part.Points)}
		if i == 0 {
			p.Class = partBase
		}
		if part.Points == 0 && i > 0 {
			continue
		}
		p.Check = string(checkBehind(a, i, part.Class))
		out = append(out, p)
	}
	return out
}

// checkBehind is the check whose finding accounts for a part of the score: the worst finding of its class, for the base
// the worst of all.
func checkBehind(a *assess.Assessment, part int, class finding.Class) finding.CheckID {
	if i := findingBehind(a, part, class); i >= 0 {
		return a.Findings[i].Check
	}
	return ""
}

// findingBehind is the index of the finding that accounts for a part, -1 where none does.
func findingBehind(a *assess.Assessment, part int, class finding.Class) int {
	for i := range a.Findings {
		if part == 0 && a.Findings[i].Tier() == a.Score.Tier || part > 0 && a.Findings[i].Consequence.Weight().Class == class {
			return i
		}
	}
	return -1
}

// pointsByFinding hands each part's points to the finding that accounts for it.
func pointsByFinding(a *assess.Assessment) []int {
	points := make([]int, len(a.Findings))
	for i, part := range a.Score.Parts {
		if behind := findingBehind(a, i, part.Class); behind >= 0 {
			points[behind] += part.Points
		}
	}
	return points
}

func rank(s daysixv1alpha1.Severity) int { return finding.Severity(s).Rank() }

func isComplete(r *daysixv1alpha1.PodSecurityReport) bool {
	for _, c := range r.Status.Conditions {
		if c.Type == daysixv1alpha1.ConditionComplete {
			return c.Status == daysixv1alpha1.ConditionTrue
		}
	}
	return false
}
