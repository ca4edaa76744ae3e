package assess

import (
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// Basis says what an assessment was made from.
type Basis string

// The bases of an assessment.
const (
	RunningPods Basis = "RunningPods"
	Template    Basis = "Template"
	NoTemplate  Basis = "NoTemplate" // no pod runs, and the kind's template cannot be read
)

// Assessment is the verdict on one workload: that of its worst running pod, or of its template where none runs.
type Assessment struct {
	Workload             snapshot.Workload
	Basis                Basis
	Running, Terminating int
	Unavailable          []snapshot.SourceStatus
	// Owner is who the workload belongs to; empty where nobody asks or nobody says.
	Owner string

	Verdict
	// Worst names a pod that the verdict is taken from, where pods differ.
	Worst string
	// Divergent are the pods whose own verdict differs, by name.
	Divergent []Divergence
	// Exposure is from how far away the pods are reached; nil where that is not evaluated. Priority is how soon to look.
	Exposure *netpol.Exposure
	Priority netpol.Priority
	// Restart says whether the pods would be admitted today; nil where admission is not evaluated.
	Restart *restart.Restart
	// TopFix is the one change that lowers the score most; nil where no single change does.
	TopFix *Fix
	// Accepted says which of the findings somebody has accepted. It changes nothing of the verdict.
	Accepted exception.Acceptance
	// Asked are the namespaces whose Pod Security level the verdict rests on, in order; the empty one is the loosest of the
	// cluster.
	Asked []string
	// Permissions are those of the ServiceAccounts. Whoever keeps them keeps what has been computed of them.
	Permissions []*rbac.PermissionSet
}

// Verdict is what the rules say of one pod.
type Verdict struct {
	ServiceAccountName string
	Findings           []finding.Finding // worst first
	Answers            []finding.Answer  // by question
	Score              score.Result
	Reach              finding.Reach
}

// Divergence is a pod that differs from the worst one.
type Divergence struct {
	Pod   string
	Score int
	// OnlyHere and NotHere are the checks that speak up here and not in the worst pod, and the other way round.
	OnlyHere, NotHere []finding.CheckID
}

// Assessor assesses workloads. It is immutable and safe for concurrent use.
type Assessor struct {
	engine   *posture.Engine
	settings posture.Settings
	owner    config.Owner
}

// New returns an assessor with the operator's settings.
func New(settings posture.Settings) *Assessor {
	return &Assessor{engine: posture.NewEngine(), settings: settings}
}

// Checks lists the checks that the assessor runs, in order.
func (a *Assessor) Checks() []posture.Check { return a.engine.Checks() }

// Around is what stands around a workload and is not in its view.
type Around struct {
	// Access is what its ServiceAccounts may do; nil where RBAC is not read.
	Access *Access
	// Restart is what decides about replacements of its pods; nil where admission is not evaluated.
	Restart *restart.Rules
	// Answers is what the API server says about the replacements; nil where it is not asked.
	Answers restart.Answers
	// Graph are the answers of the attack graph; nil where it is not solved.
	Graph *attackgraph.Solution
	// Network is what its pods reach and from where they are reached; nil where that is not evaluated.
	Network *Network
}

// Assess judges one workload. The same view and surroundings give the same assessment.
func (a *Assessor) Assess(view *snapshot.View, around Around) *Assessment {
	out := &Assessment{
		Workload:    view.Workload,
		Running:     view.Running,
		Terminating: view.Terminating,
		Unavailable: view.Unavailable,
		Owner:       ownerOf(&a.owner, view),
	}
	if around.Restart != nil {
		verdict := restart.JudgeWith(around.Restart, view, around.Answers)
		out.Restart = &verdict
	}
	groups := view.Subjects()
	switch {
	case len(view.Groups) > 0:
		out.Basis = RunningPods
	case view.Template != nil:
		out.Basis = Template
	default:
		out.Basis = NoTemplate
		out.Answers = answersWithout("No pod runs, and the template of this kind is not readable.")
		out.Reach = finding.ReachPod
		return out
	}
	j := newJudge(a, view, around)
	subjects := make([]*posture.Pod, len(groups))
	own := make([][]finding.Finding, len(groups))
	verdicts := make([]Verdict, len(groups))
	worst := 0
	for i := range groups {
		subjects[i] = j.subject(&groups[i])
		own[i] = j.engine.Assess(subjects[i])
		j.graph.look(subjects[i], own[i])
	}
	for i := range groups {
		verdicts[i] = j.judge(subjects[i], own[i])
		if verdicts[i].Score.Score > verdicts[worst].Score.Score {
			worst = i
		}
	}
	out.Verdict = verdicts[worst]
	out.TopFix = j.topFix(subjects, worst, &out.Verdict)
	if out.Divergent = diverge(groups, verdicts, worst); len(out.Divergent) > 0 {
		out.Worst = groups[worst].Pods[0]
	}
	out.Asked = j.askedNamespaces()
	if around.Network != nil {
		exposure := around.Network.exposureWithout(view.Unavailable)
		out.Exposure, out.Priority = &exposure, netpol.PriorityOf(out.Score.Tier, exposure.Level)
	}
	out.Permissions = around.Access.permissions()
	return out
}

// diverge lists the pods whose verdict is another one. Pods that differ in what the audit reads and get the same verdict, as
// in every rollout of a new image, are not worth a word.
func diverge(groups []snapshot.Group, verdicts []Verdict, worst int) []Divergence {
	var out []Divergence
	reference := checksOf(verdicts[worst].Findings)
	for i := range groups {
		if i == worst {
			continue
		}
		own := checksOf(verdicts[i].Findings)
		d := Divergence{Score: verdicts[i].Score.Score, OnlyHere: without(own, reference), NotHere: without(reference, own)}
		if d.Score == verdicts[worst].Score.Score && len(d.OnlyHere) == 0 && len(d.NotHere) == 0 {
			continue
		}
		for _, pod := range groups[i].Pods {
			d.Pod = pod
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Divergence) int { return strings.Compare(a.Pod, b.Pod) })
	return out
}

// checksOf lists the checks that found something, by name.
func checksOf(findings []finding.Finding) []finding.CheckID {
	ids := make([]finding.CheckID, 0, len(findings))
	for i := range findings {
		ids = append(ids, findings[i].Check)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// without returns what of a is not in b; both are ordered.
func without(a, b []finding.CheckID) []finding.CheckID {
	var out []finding.CheckID
	for _, id := range a {
		if _, found := slices.BinarySearch(b, id); !found {
			out = append(out, id)
		}
	}
	return out
}
