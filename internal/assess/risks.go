package assess

import (
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// hopsToClusterAdmin is the length of the path that a pod has there: its node, then the keys that lie on it.
const hopsToClusterAdmin = 2

// risks are what the score is made from: every finding is one, but for those that lead nowhere. Counting those would make
// a pod look worse when a risk of it is contained.
func risks(findings []finding.Finding) []score.Risk {
	out := make([]score.Risk, 0, len(findings))
	for i := range findings {
		if findings[i].Consequence == finding.Contained {
			continue
		}
		w := findings[i].Consequence.Weight()
		r := score.Risk{Class: w.Class, Tier: w.Tier, Conditional: findings[i].Condition != ""}
		if findings[i].Consequence == finding.ClusterAdmin {
			r.Hops = hopsToClusterAdmin
		}
		out = append(out, r)
	}
	return out
}

// Fix is a change and what the score is after it.
type Fix struct {
	Check      finding.CheckID
	Change     string
	ScoreAfter int
}

// topFix tries the fix of every check that found something, each alone, by assessing the changed pod anew. What was observed
// belongs to the pods of today, so the changed pod is judged by its spec. The registry's order breaks ties.
func (a *Assessor) topFix(view *snapshot.View, pod *posture.Pod, now *Verdict) *Fix {
	facts := pod.Unobserved()
	var best *Fix
	for _, check := range a.engine.Checks() {
		found := firstOf(now.Findings, check.ID)
		if found == nil || check.Fix == nil {
			continue
		}
		spec := pod.Spec.DeepCopy()
		check.Fix(spec)
		after := a.judge(view, posture.NewPod(spec, facts)).Score.Score
		if after < now.Score.Score && (best == nil || after < best.ScoreAfter) {
			best = &Fix{Check: check.ID, Change: found.Remediation, ScoreAfter: after}
		}
	}
	return best
}

func firstOf(findings []finding.Finding, check finding.CheckID) *finding.Finding {
	for i := range findings {
		if findings[i].Check == check {
			return &findings[i]
		}
	}
	return nil
}
