package assess

import (
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// hopsToClusterAdmin is the length of the path over a control-plane node: the node, then the keys on it.
const hopsToClusterAdmin = 2

// risks are what the score is made from: every finding, and the consequences that only the answers know.
func risks(findings []finding.Finding, answers []finding.Answer) []score.Risk {
	out := make([]score.Risk, 0, len(findings)+1)
	for i := range findings {
		out = append(out, riskOf(&findings[i]))
	}
	for i := range answers {
		a := &answers[i]
		if a.Question == finding.BecomeClusterAdmin && (a.Verdict == finding.Yes || a.Verdict == finding.Conditional) {
			w := finding.ClusterAdmin.Weight()
			out = append(out, score.Risk{
				Class: w.Class, Tier: w.Tier, Conditional: a.Verdict == finding.Conditional, Hops: hopsToClusterAdmin,
			})
		}
	}
	return out
}

func riskOf(f *finding.Finding) score.Risk {
	w := f.Consequence.Weight()
	return score.Risk{Class: w.Class, Tier: w.Tier, Conditional: f.Condition != ""}
}

// Fix is a change and what the score is after it.
type Fix struct {
	Check      finding.CheckID
	Change     string
	ScoreAfter int
}

// topFix tries the fix of every check that found something, each alone, by assessing the changed pod anew. The UIDs that
// the runtime reported belong to the pods of today, so the changed pod is judged by its spec. The registry's order breaks
// ties.
func (a *Assessor) topFix(view *snapshot.View, pod *posture.Pod, now *Verdict) *Fix {
	facts := pod.Facts
	facts.Users = nil
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
