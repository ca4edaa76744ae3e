package assess

import "github.com/daysix/daysix/internal/finding"

// reach follows from the answers and from what is certain among the findings. Where answers are Unknown it is the least that
// is known.
func reach(answers []finding.Answer, findings []finding.Finding) finding.Reach {
	yes := func(question finding.Question) bool {
		for i := range answers {
			if answers[i].Question == question {
				return answers[i].Verdict == finding.Yes
			}
		}
		return false
	}
	certain := func(consequences ...finding.Consequence) bool {
		leads := leadsTo(consequences...)
		for i := range findings {
			if condition, ok := leads(&findings[i]); ok && condition == "" {
				return true
			}
		}
		return false
	}
	switch {
	case yes(finding.BecomeClusterAdmin), certain(finding.PodsOfCluster, finding.SecretsOfCluster):
		return finding.ReachCluster
	case yes(finding.HopNodes):
		return finding.ReachMultiNode
	case yes(finding.ControlNode):
		return finding.ReachNode
	case certain(finding.PodsOfNamespace, finding.SecretsOfNamespace):
		return finding.ReachNamespace
	default:
		return finding.ReachPod
	}
}
