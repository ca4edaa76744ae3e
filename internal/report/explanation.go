package report

import (
	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
)

// Explanation is a report with what it cuts short or leaves out, for one workload that somebody asks about.
type Explanation struct {
	// Report is what the controller would write.
	Report *daysixv1alpha1.PodSecurityReport `json:"report"`
	// Answers are those of the report, with all evidence, whole ways and exact counts, by question.
	Answers []ExplainedAnswer `json:"answers"`
	// Exposure is absent where it is not known.
	Exposure *Exposure `json:"exposure,omitempty"`
	// Certain is what is reached without any condition, Possible what is reached where all conditions hold; both are absent
	// where the attack graph does not know the workload.
	Certain  *Counts `json:"certain,omitempty"`
	Possible *Counts `json:"possible,omitempty"`
	// OwnNodes are the nodes that the pods take over by themselves, and Placement says where else they may run, where that
	// would change the answers.
	OwnNodes  int    `json:"ownNodes,omitempty"`
	Placement string `json:"placement,omitempty"`
}

// ExplainedAnswer is an answer with nothing cut off.
type ExplainedAnswer struct {
	Question finding.Question          `json:"question"`
	Answer   finding.Verdict           `json:"answer"`
	Reason   string                    `json:"reason,omitempty"`
	Summary  string                    `json:"summary,omitempty"`
	Evidence []daysixv1alpha1.Evidence `json:"evidence,omitempty"`
	Path     []daysixv1alpha1.PathStep `json:"path,omitempty"`
	Reached  *Counts                   `json:"reached,omitempty"`
}

// Counts are exact, where a report has buckets.
type Counts struct {
	Pods       int `json:"pods"`
	Nodes      int `json:"nodes"`
	Namespaces int `json:"namespaces"`
	Secrets    int `json:"secrets"`
}

// Exposure says from how far away connections get at the pods, and by what.
type Exposure struct {
	// Level is the furthest, be it on a condition; Certain the furthest without one.
	Level   daysixv1alpha1.Exposure `json:"level"`
	Certain daysixv1alpha1.Exposure `json:"certain"`
	// Condition names what decides where the two differ.
	Condition string `json:"condition,omitempty"`
	// Ways are those from outside of the cluster, certain ones first.
	Ways []ExposureWay `json:"ways,omitempty"`
	// Policies are those that let anything in. Empty where none isolates the pods, and where none does.
	Policies []string `json:"policies,omitempty"`
}

// ExposureWay is how connections from outside of the cluster get to the pods.
type ExposureWay struct {
	// Object is what publishes them: Service shop/web (LoadBalancer), hostPort 8080.
	Object    string          `json:"object"`
	Answer    finding.Verdict `json:"answer"`
	Condition string          `json:"condition,omitempty"`
}

// Explain explains an assessment with what the attack graph knows of the workload; nil where it does not know it.
func Explain(a *assess.Assessment, reached *attackgraph.Answers) *Explanation {
	e := &Explanation{Report: Build(a), Answers: make([]ExplainedAnswer, 0, len(a.Answers)), Exposure: exposure(a)}
	for i := range a.Answers {
		e.Answers = append(e.Answers, explainAnswer(&a.Answers[i]))
	}
	if reached != nil {
		certain, possible := Counts(reached.Certain), Counts(reached.Possible)
		e.Certain, e.Possible = &certain, &possible
		e.OwnNodes, e.Placement = reached.OwnNodes, reached.Note
	}
	return e
}

func explainAnswer(a *finding.Answer) ExplainedAnswer {
	out := ExplainedAnswer{Question: a.Question, Answer: a.Verdict, Reason: a.Reason, Summary: a.Summary}
	for _, e := range a.Evidence {
		out.Evidence = append(out.Evidence, daysixv1alpha1.Evidence{Check: string(e.Check), Field: e.Field, Value: e.Value})
	}
	for _, s := range a.Path {
		out.Path = append(out.Path, daysixv1alpha1.PathStep(s))
	}
	if a.Reached != (finding.Reached{}) {
		counts := Counts(a.Reached)
		out.Reached = &counts
	}
	return out
}

func exposure(a *assess.Assessment) *Exposure {
	if a.Exposure == nil {
		return nil
	}
	out := &Exposure{
		Level: daysixv1alpha1.Exposure(a.Exposure.Level), Certain: daysixv1alpha1.Exposure(a.Exposure.Certain),
		Condition: a.Exposure.Condition,
	}
	for _, w := range a.Exposure.Ways {
		out.Ways = append(out.Ways, ExposureWay{w.Object, w.Verdict, w.Condition})
	}
	for _, p := range a.Exposure.Policies {
		out.Policies = append(out.Policies, p.String())
	}
	return out
}
