package assess

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// notEvaluated is the summary of a question about what was not looked at.
const notEvaluated = "Not evaluated."

// question says which findings answer a question, and what else has to be read before nothing found means anything.
type question struct {
	finding.Question
	// counts tells whether a finding leads there, and on what condition.
	counts func(*finding.Finding) (condition string, ok bool)
	// yes is the summary where it is certain, no where nothing leads there.
	yes, no string
	// needs are the sources without which nothing can be said.
	needs []snapshot.Source
	// way is what the attack graph says to it; nil for a question about the network.
	way func(*attackgraph.Answers) *attackgraph.Answer
}

var grantSources = []snapshot.Source{
	snapshot.ClusterRoleBindings, snapshot.ClusterRoles, snapshot.RoleBindings, snapshot.Roles,
}

var (
	graphSources   = slices.Concat([]snapshot.Source{snapshot.Pods, snapshot.Nodes, snapshot.ServiceAccounts}, grantSources)
	networkSources = append([]snapshot.Source{snapshot.NetworkPolicies, snapshot.Namespaces}, snapshot.OtherPolicies()...)
)

// questions are the seven, by name.
func questions() []question {
	return []question{
		{
			finding.BecomeClusterAdmin, leadsTo(finding.ClusterAdmin),
			"It can act as cluster-admin.", "No way to cluster-admin was found.", graphSources,
			func(a *attackgraph.Answers) *attackgraph.Answer { return &a.BecomeClusterAdmin },
		},
		{
			finding.ControlNode, leadsTo(finding.NodeRoot), "It can become root on a node.", "No way to root on a node was found.",
			graphSources, func(a *attackgraph.Answers) *attackgraph.Answer { return &a.ControlNode },
		},
		{
			finding.CreatePods, createsPods, "It can start pods.", "No way to start a pod was found.", graphSources,
			func(a *attackgraph.Answers) *attackgraph.Answer { return &a.CreatePods },
		},
		{
			finding.HopNodes, leadsTo(finding.MultiNode), "It can get to other nodes.", "No way to another node was found.",
			graphSources, func(a *attackgraph.Answers) *attackgraph.Answer { return &a.HopNodes },
		},
		{
			finding.ReachExternal, leadsTo(finding.ReachOutside), "It can connect to systems outside of the cluster.",
			"NetworkPolicies let it connect to nothing outside of the cluster.", networkSources, nil,
		},
		{
			finding.ReachPods, reachesPods, "It can connect to other pods.",
			"NetworkPolicies and its rights let it connect to no other pod.",
			slices.Concat(networkSources, grantSources), nil,
		},
		{
			finding.ReadSecrets, leadsTo(
				finding.OwnSecret, finding.ValuableSecret, finding.SecretsOfNamespace, finding.SecretsOfCluster,
				finding.NodeRoot, finding.NodeRead, finding.ClusterAdmin,
			), "It holds secrets, or can read those of others.", "It holds no Secret, and no way to one was found.", graphSources,
			func(a *attackgraph.Answers) *attackgraph.Answer { return &a.ReadSecrets },
		},
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
	case reachesOtherNamespaces, reachesOwnNamespace:
		return f.Condition, true
	default:
		return "", false
	}
}

// certainly is the least condition of anything that a finding leads to.
func certainly(f *finding.Finding) (string, bool) {
	return f.Leads(func(finding.Consequence) bool { return true })
}

// answers are those to the seven questions: from what was found about the pod, its rights and its network, and from what the
// attack graph reaches.
func (j *judge) answers(pod *posture.Pod, findings []finding.Finding, reached *attackgraph.Answers) []finding.Answer {
	all := questions()
	answers := make([]finding.Answer, 0, len(all))
	for i := range all {
		q := &all[i]
		a := q.answer(findings)
		if reached != nil && q.way != nil {
			a = q.over(a, q.way(reached), reached)
		}
		if a.Verdict == finding.Unknown {
			a = j.withoutFindings(pod, q, reached)
		}
		if q.Question == finding.BecomeClusterAdmin && len(a.Path) == 0 {
			a.Path = j.ownWay(pod, q, &a, findings)
		}
		a.Question = q.Question
		if q.Question == finding.ReachExternal {
			a = withNamed(a, j.named(pod))
		}
		answers = append(answers, a)
	}
	return answers
}

// over puts the way that the graph has found, and what it reaches, to an answer; a way that leads there more certainly than
// what was found is the answer.
func (q *question) over(a finding.Answer, way *attackgraph.Answer, reached *attackgraph.Answers) finding.Answer {
	switch {
	case way.Verdict == finding.Yes && a.Verdict != finding.Yes:
		a.Verdict, a.Summary = finding.Yes, q.yes
	case way.Verdict == finding.Conditional && a.Verdict == finding.Unknown:
		a.Verdict, a.Summary = finding.Conditional, conditionOf(way, way.Path)
	}
	if way.Verdict != a.Verdict || len(way.Path) == 0 {
		return a
	}
	a.Path = stepsOf(way.Path)
	if len(a.Evidence) == 0 {
		last := &way.Path[len(way.Path)-1]
		a.Evidence = []finding.Evidence{{Field: string(last.Edge), Value: last.Why}}
	}
	counts := reached.Certain
	if a.Verdict == finding.Conditional {
		counts = reached.Possible
	}
	a.Reached = q.counted(finding.Reached(counts), way)
	return a
}

// counted is the part of what is reached that a question is about.
func (q *question) counted(all finding.Reached, way *attackgraph.Answer) finding.Reached {
	switch q.Question {
	case finding.BecomeClusterAdmin:
		return all
	case finding.ControlNode, finding.HopNodes:
		return finding.Reached{Nodes: all.Nodes, Pods: all.Pods}
	case finding.ReadSecrets:
		return finding.Reached{Secrets: all.Secrets, Namespaces: all.Namespaces}
	case finding.CreatePods:
		return newPods(all, way)
	case finding.ReachExternal, finding.ReachPods:
	}
	return finding.Reached{}
}

// newPods is where pods can be made: in which namespaces, or on which nodes where static pods are all.
func newPods(all finding.Reached, way *attackgraph.Answer) finding.Reached {
	switch way.Scope {
	case attackgraph.ScopeCluster:
		return finding.Reached{Namespaces: all.Namespaces}
	case attackgraph.ScopeNamespace:
		return finding.Reached{Namespaces: len(way.Namespaces)}
	case attackgraph.ScopeObject:
		return finding.Reached{Nodes: all.Nodes}
	}
	return finding.Reached{}
}

// withoutFindings is the answer where nothing leads there: No where everything was read that could, else Unknown.
func (j *judge) withoutFindings(pod *posture.Pod, q *question, reached *attackgraph.Answers) finding.Answer {
	for _, s := range j.view.Unavailable {
		if slices.Contains(q.needs, s.Source) {
			return unknown("Source"+string(s.State), cannotBeTold(s))
		}
	}
	if ref := pod.UntoldSecret(); ref != nil && q.Question != finding.ReachExternal {
		state := string(pod.TokenSecrets.State)
		return unknown("Source"+state,
			fmt.Sprintf("It cannot be told whether Secret %s holds a token: %s are %s.", ref.Secret, snapshot.Secrets, state))
	}
	evaluated := j.networkKnown
	if q.way != nil {
		evaluated = reached != nil
	}
	if j.access == nil || !evaluated {
		return unknown(finding.ReasonNotEvaluated, notEvaluated)
	}
	return finding.Answer{Verdict: finding.No, Summary: q.no}
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

// cannotBeTold names the source without which nothing is said.
func cannotBeTold(s snapshot.SourceStatus) string {
	return fmt.Sprintf("It cannot be told: %s are %s.", s.Source, s.State)
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
