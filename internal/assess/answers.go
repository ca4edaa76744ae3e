package assess

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// notEvaluated is the summary of a question that this version cannot answer from what it reads.
	notEvaluated = "Not evaluated yet."
	// notByItself is that of one which is answered for the pod and its own rights only.
	notByItself = "Not by itself; paths over others are not evaluated yet."
)

// question says which findings answer a question, and what else has to be read before nothing found means anything.
type question struct {
	finding.Question
	// counts tells whether a finding leads there, and on what condition.
	counts func(*finding.Finding) (condition string, ok bool)
	// yes is the summary where one of them is certain.
	yes string
	// needs are the sources without which nothing can be said.
	needs []snapshot.Source
}

var grantSources = []snapshot.Source{
	snapshot.ClusterRoleBindings, snapshot.ClusterRoles, snapshot.RoleBindings, snapshot.Roles,
}

// questions are the seven, by name. A question without findings that count is not evaluated yet.
func questions() []question {
	return []question{
		{
			finding.BecomeClusterAdmin, leadsTo(finding.ClusterAdmin),
			"It can act as cluster-admin.", append([]snapshot.Source{snapshot.Nodes}, grantSources...),
		},
		{finding.ControlNode, leadsTo(finding.NodeRoot), "It can become root on a node.", grantSources},
		{finding.CreatePods, createsPods, "It can start pods.", grantSources},
		{finding.HopNodes, leadsTo(finding.MultiNode), "It can get to other nodes.", grantSources},
		{Question: finding.ReachExternal},
		{finding.ReachPods, reachesPods, "It can connect to other pods through the API server.", grantSources},
		{finding.ReadSecrets, leadsTo(
			finding.OwnSecret, finding.ValuableSecret, finding.SecretsOfNamespace, finding.SecretsOfCluster,
			finding.NodeRoot, finding.NodeRead, finding.ClusterAdmin,
		), "It holds secrets, or can read those of others.", grantSources},
	}
}

func leadsTo(consequences ...finding.Consequence) func(*finding.Finding) (string, bool) {
	return func(f *finding.Finding) (string, bool) {
		return f.Leads(func(c finding.Consequence) bool { return slices.Contains(consequences, c) })
	}
}

// createsPods: by the rights to make them; and root on a node can start a static pod there, with no question to the API
// server.
func createsPods(f *finding.Finding) (string, bool) {
	switch f.Check {
	case everything, "RBACCreatePods", "RBACCreateWorkloads", "RBACUpdateWorkloads", "RBACCreateCustomResources":
		return certainly(f)
	default:
		return leadsTo(finding.NodeRoot)(f)
	}
}

func reachesPods(f *finding.Finding) (string, bool) {
	switch f.Check {
	case everything, "RBACForwardPorts", "RBACProxyToPods", "RBACExecIntoPods", "RBACProxyToNodes":
		return certainly(f)
	default:
		return "", false
	}
}

// certainly is the least condition of anything that a finding leads to.
func certainly(f *finding.Finding) (string, bool) {
	return f.Leads(func(finding.Consequence) bool { return true })
}

// answers are those to the seven questions from what the pod itself shows and what its own rights let it do.
func (j *judge) answers(pod *posture.Pod, findings []finding.Finding) []finding.Answer {
	all := questions()
	answers := make([]finding.Answer, 0, len(all))
	for i := range all {
		q := &all[i]
		a := finding.Answer{Verdict: finding.Unknown, Reason: finding.ReasonNotEvaluated, Summary: notEvaluated}
		if q.counts != nil {
			a = q.answer(findings)
			if a.Verdict == finding.Unknown {
				a = j.withoutFindings(pod, q)
			}
		}
		a.Question = q.Question
		answers = append(answers, a)
	}
	return answers
}

// withoutFindings is the answer where nothing that was found leads there: Unknown, for a source that is missing or because
// other ways are not evaluated yet. It is never No.
func (j *judge) withoutFindings(pod *posture.Pod, q *question) finding.Answer {
	for _, s := range j.view.Unavailable {
		if slices.Contains(q.needs, s.Source) {
			return unknown("Source"+string(s.State), fmt.Sprintf("It cannot be told: %s are %s.", s.Source, s.State))
		}
	}
	if j.access == nil {
		return unknown(finding.ReasonNotEvaluated, notEvaluated)
	}
	if ref := pod.UntoldSecret(); ref != nil {
		state := string(pod.TokenSecrets.State)
		return unknown("Source"+state,
			fmt.Sprintf("It cannot be told whether Secret %s holds a token: %s are %s.", ref.Secret, snapshot.Secrets, state))
	}
	return unknown(finding.ReasonNotEvaluated, notByItself)
}

// lacks tells whether one of the sources cannot be read.
func (j *judge) lacks(sources []snapshot.Source) bool {
	return slices.ContainsFunc(j.view.Unavailable, func(s snapshot.SourceStatus) bool { return slices.Contains(sources, s.Source) })
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

// answer is Yes where one of the findings that count is certain, Conditional where all of them are conditional, and Unknown
// where there is none.
func (q *question) answer(findings []finding.Finding) finding.Answer {
	var certain, conditional []finding.Evidence
	least := ""
	for i := range findings {
		f := &findings[i]
		condition, ok := q.counts(f)
		if !ok {
			continue
		}
		evidence := finding.Evidence{Check: f.Check, Field: f.Field, Value: f.Value}
		if condition == "" {
			certain = append(certain, evidence)
		} else {
			conditional = append(conditional, evidence)
			least = cmp.Or(least, condition) // The worst one comes first.
		}
	}
	switch {
	case len(certain) > 0:
		return finding.Answer{Verdict: finding.Yes, Summary: q.yes, Evidence: certain}
	case len(conditional) > 0:
		return finding.Answer{Verdict: finding.Conditional, Summary: least, Evidence: conditional}
	default:
		return finding.Answer{Verdict: finding.Unknown}
	}
}
