package assess

import (
	"cmp"
	"fmt"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// notEvaluated is the summary of a question that this version cannot answer from what it reads.
const notEvaluated = "Not evaluated yet."

// answer answers the seven questions from what the pod itself shows. What RBAC, the network and the paths over other
// workloads would add is not evaluated yet: there the answer is Unknown unless the pod alone already makes it Yes.
func answer(view *snapshot.View, findings []finding.Finding) []finding.Answer {
	node := controlNode(findings)
	answers := make([]finding.Answer, 0, len(finding.Questions()))
	for _, question := range finding.Questions() {
		var a finding.Answer
		switch question {
		case finding.ControlNode:
			a = node
		case finding.CreatePods:
			a = createPods(node)
		case finding.ReadSecrets:
			a = readSecrets(findings)
		case finding.BecomeClusterAdmin:
			a = becomeClusterAdmin(view, findings)
		case finding.HopNodes, finding.ReachExternal, finding.ReachPods:
			a = unknown(finding.ReasonNotEvaluated, notEvaluated)
		}
		a.Question = question
		answers = append(answers, a)
	}
	return answers
}

// answersWithout answers every question with Unknown.
func answersWithout(why string) []finding.Answer {
	answers := make([]finding.Answer, 0, len(finding.Questions()))
	for _, question := range finding.Questions() {
		a := unknown(finding.ReasonNoTemplate, why)
		a.Question = question
		answers = append(answers, a)
	}
	return answers
}

func unknown(reason, why string) finding.Answer {
	return finding.Answer{Verdict: finding.Unknown, Reason: reason, Summary: why}
}

func controlNode(findings []finding.Finding) finding.Answer {
	return fromFindings(findings, func(f *finding.Finding) bool { return f.Consequence == finding.NodeRoot },
		"The pod can become root on its node.")
}

// createPods: root on a node can start a static pod there, with no question to the API server.
func createPods(node finding.Answer) finding.Answer {
	if node.Verdict != finding.Yes {
		return unknown(finding.ReasonNotEvaluated, notEvaluated)
	}
	node.Summary = "Root on the node can run static pods on it."
	return node
}

func readSecrets(findings []finding.Finding) finding.Answer {
	return fromFindings(findings, func(f *finding.Finding) bool {
		switch f.Consequence {
		case finding.OwnSecret, finding.ValuableSecret, finding.NodeRoot, finding.NodeRead:
			return true
		default:
			return false
		}
	}, "The pod holds secrets, or can read those of the pods on its node.")
}

// becomeClusterAdmin: who reads the files of a control-plane node holds the keys of the cluster (catalogue N04).
func becomeClusterAdmin(view *snapshot.View, findings []finding.Finding) finding.Answer {
	for _, s := range view.Unavailable {
		if s.Source == snapshot.Nodes {
			return unknown("Source"+string(s.State), fmt.Sprintf("The roles of nodes are not known: %s are %s.", s.Source, s.State))
		}
	}
	return fromFindings(findings, func(f *finding.Finding) bool { return f.Consequence == finding.ClusterAdmin },
		"The pod can read the credentials of the control plane on its node.")
}

// fromFindings answers Yes where one of the findings that count is certain, Conditional where all of them are
// conditional, and Unknown where there is none: other ways are not evaluated yet.
func fromFindings(findings []finding.Finding, counts func(*finding.Finding) bool, yes string) finding.Answer {
	var certain, conditional []finding.Evidence
	condition := ""
	for i := range findings {
		f := &findings[i]
		if !counts(f) {
			continue
		}
		evidence := finding.Evidence{Check: f.Check, Field: f.Field, Value: f.Value}
		if f.Condition == "" {
			certain = append(certain, evidence)
		} else {
			conditional = append(conditional, evidence)
			condition = cmp.Or(condition, f.Condition) // The worst one comes first.
		}
	}
	switch {
	case len(certain) > 0:
		return finding.Answer{Verdict: finding.Yes, Summary: yes, Evidence: certain}
	case len(conditional) > 0:
		return finding.Answer{Verdict: finding.Conditional, Summary: condition, Evidence: conditional}
	default:
		return unknown(finding.ReasonNotEvaluated, notEvaluated)
	}
}

// reach follows from the answers.
func reach(answers []finding.Answer) finding.Reach {
	for _, step := range [...]struct {
		question finding.Question
		reach    finding.Reach
	}{
		{finding.BecomeClusterAdmin, finding.ReachCluster},
		{finding.HopNodes, finding.ReachMultiNode},
		{finding.ControlNode, finding.ReachNode},
	} {
		for i := range answers {
			if answers[i].Question == step.question && answers[i].Verdict == finding.Yes {
				return step.reach
			}
		}
	}
	return finding.ReachPod
}
