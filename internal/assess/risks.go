package assess

import (
	corev1 "k8s.io/api/core/v1"

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

// topFix tries the fix of every check that found something, each alone, by assessing all pods of the workload anew: the
// change is made in their template, and the worst of them is the score after it. The registry's order breaks ties.
func (a *Assessor) topFix(view *snapshot.View, subjects []*posture.Pod, worst int, now *Verdict) *Fix {
	var best *Fix
	for _, check := range a.engine.Checks() {
		found := firstOf(now.Findings, check.ID)
		if found == nil || check.Fix == nil {
			continue
		}
		limit := now.Score.Score
		if best != nil {
			limit = best.ScoreAfter
		}
		if after := a.scoreAfter(view, subjects, worst, check.Fix, limit); after < limit {
			best = &Fix{Check: check.ID, Change: found.Remediation, ScoreAfter: after}
		}
	}
	return best
}

// scoreAfter is the score of the workload with a change made to all of its pods. It starts with the pod that is worst today
// and stops at the limit: a change that is no better need not be known exactly.
func (a *Assessor) scoreAfter(view *snapshot.View, subjects []*posture.Pod, worst int, fix func(*corev1.PodSpec), limit int) int {
	after := a.judge(view, fixed(subjects[worst], fix)).Score.Score
	for i := range subjects {
		if after >= limit {
			break
		}
		if i != worst {
			after = max(after, a.judge(view, fixed(subjects[i], fix)).Score.Score)
		}
	}
	return after
}

// fixed is a pod with a change made: a new one, of which nothing is observed yet. The UID that the runtime reported stays
// true all the same, unless the change is about the user.
func fixed(pod *posture.Pod, fix func(*corev1.PodSpec)) *posture.Pod {
	spec := pod.Spec.DeepCopy()
	fix(spec)
	facts := pod.Unobserved()
	if len(pod.Users) == 0 {
		return posture.NewPod(spec, facts)
	}
	before, after := posture.NewPod(pod.Spec, facts), posture.NewPod(spec, facts)
	facts.Users = make(map[string]int64, len(pod.Users))
	for name, uid := range pod.Users {
		if declaredUser(before, name) == declaredUser(after, name) {
			facts.Users[name] = uid
		}
	}
	return posture.NewPod(spec, facts)
}

// declaredUser is who a container runs as by the spec; the zero value where there is no such container.
func declaredUser(pod *posture.Pod, container string) posture.User {
	for i := range pod.Containers {
		if pod.Containers[i].Name == container {
			return pod.Containers[i].User
		}
	}
	return posture.User{}
}

func firstOf(findings []finding.Finding, check finding.CheckID) *finding.Finding {
	for i := range findings {
		if findings[i].Check == check {
			return &findings[i]
		}
	}
	return nil
}
