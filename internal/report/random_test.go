package report

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// someText is what stands in fields of pods: short, huge, and of every script.
func someText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "true", "spec.containers[0].image", strings.Repeat("<&>", 400), strings.Repeat("界", 600), strings.Repeat("\"", 700), "\xff\x00\u2028"}),
		rapid.StringN(0, 30, -1),
	)
}

func someFindings(most int) *rapid.Generator[[]finding.Finding] {
	text := someText()
	consequences := finding.Consequences()
	return rapid.Custom(func(t *rapid.T) []finding.Finding {
		found := make([]finding.Finding, rapid.IntRange(0, most).Draw(t, "findings"))
		for i := range found {
			found[i] = finding.Finding{
				Check:       finding.CheckID(fmt.Sprintf("Check%02d", rapid.IntRange(0, 60).Draw(t, "check"))),
				Consequence: rapid.SampledFrom(consequences).Draw(t, "consequence").Consequence,
				Condition:   rapid.OneOf(rapid.Just(""), text).Draw(t, "condition"),
				Container:   text.Draw(t, "container"), Field: text.Draw(t, "field"), Value: text.Draw(t, "value"),
				Message: text.Draw(t, "message"), Remediation: text.Draw(t, "remediation"),
			}
		}
		finding.Sort(found)
		return found
	})
}

// someAssessment is as the assessor makes them: sorted, with a score that follows from the findings and the answers.
func someAssessment(most int) *rapid.Generator[*assess.Assessment] {
	return rapid.Custom(func(t *rapid.T) *assess.Assessment {
		name := rapid.SampledFrom([]string{"cart", strings.Repeat("a", 253)}).Draw(t, "name")
		a := &assess.Assessment{
			Workload: snapshot.Workload{
				Key:        snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: name},
				APIVersion: "apps/v1", UID: types.UID(rapid.SampledFrom([]string{"", "uid-1"}).Draw(t, "uid")),
			},
			Basis:   rapid.SampledFrom([]assess.Basis{assess.RunningPods, assess.Template, assess.NoTemplate}).Draw(t, "basis"),
			Running: rapid.IntRange(0, 5000).Draw(t, "running"), Terminating: rapid.IntRange(0, 3).Draw(t, "terminating"),
		}
		for _, source := range snapshot.Sources() {
			if state := rapid.SampledFrom([]snapshot.State{snapshot.Synced, snapshot.Synced, snapshot.Forbidden, snapshot.Missing, snapshot.NotSynced}).Draw(t, "state"); state != snapshot.Synced {
				a.Unavailable = append(a.Unavailable, snapshot.SourceStatus{Source: source, State: state})
			}
		}
		a.ServiceAccountName = "default"
		a.Findings = someFindings(most).Draw(t, "found")
		a.Answers = someAnswers(t, a.Findings)
		a.Score = scoreOf(a)
		a.Restart = someRestart(t)
		a.Reach = rapid.SampledFrom([]finding.Reach{finding.ReachCluster, finding.ReachMultiNode, finding.ReachNode, finding.ReachNamespace, finding.ReachPod}).Draw(t, "reach")
		for i := range rapid.IntRange(0, 8).Draw(t, "divergent") {
			a.Worst = name
			ids := checksIn(a.Findings)
			a.Divergent = append(a.Divergent, assess.Divergence{Pod: fmt.Sprintf("%.240s-%d", name, i), OnlyHere: ids, NotHere: ids})
		}
		if len(a.Findings) > 0 && rapid.Bool().Draw(t, "fix") {
			a.TopFix = &assess.Fix{Check: a.Findings[0].Check, Change: a.Findings[0].Remediation}
		}
		return a
	})
}

func someRestart(t *rapid.T) *restart.Restart {
	if rapid.IntRange(0, 4).Draw(t, "not evaluated") == 0 {
		return nil
	}
	text := someText()
	refusals := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) restart.Refusal {
		return restart.Refusal{
			Kind: "ValidatingAdmissionPolicy", Name: text.Draw(t, "name"), Binding: text.Draw(t, "binding"), Message: text.Draw(t, "message"),
			Fields: rapid.SliceOfN(text, 0, 7).Draw(t, "fields"), Since: time.Unix(rapid.Int64Range(0, 1<<31).Draw(t, "since"), 1),
		}
	}), 0, 10)
	verdicts := rapid.SampledFrom([]restart.Verdict{restart.Admitted, restart.Denied, restart.Unknown, restart.NotRecreated})
	return &restart.Restart{
		Verdict: verdicts.Draw(t, "restart"), Reason: text.Draw(t, "reason"), Message: text.Draw(t, "message"),
		Pods:     map[restart.Verdict]int{restart.Denied: rapid.IntRange(0, 5000).Draw(t, "denied")},
		Refusals: refusals.Draw(t, "refusals"), Forecast: refusals.Draw(t, "forecast"),
		NotAsked: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) restart.NotAsked {
			return restart.NotAsked{Reason: "WebhookNotAsked", Kind: text.Draw(t, "kind"), Name: text.Draw(t, "name"), Message: text.Draw(t, "message")}
		}), 0, 10).Draw(t, "not asked"),
		Differs: rapid.SliceOfN(text, 0, 6).Draw(t, "differs"),
	}
}

func someAnswers(t *rapid.T, found []finding.Finding) []finding.Answer {
	var out []finding.Answer
	for _, question := range finding.Questions() {
		a := finding.Answer{
			Question: question,
			Verdict:  rapid.SampledFrom([]finding.Verdict{finding.Yes, finding.No, finding.Conditional, finding.Unknown}).Draw(t, "verdict"),
			Summary:  someText().Draw(t, "summary"),
		}
		if a.Verdict == finding.Unknown {
			a.Reason = finding.ReasonNotEvaluated
		}
		for _, f := range found {
			if rapid.Bool().Draw(t, "evidence") {
				a.Evidence = append(a.Evidence, finding.Evidence{Check: f.Check, Field: f.Field, Value: f.Value})
			}
		}
		out = append(out, a)
	}
	return out
}

func scoreOf(a *assess.Assessment) score.Result {
	var risks []score.Risk
	for i := range a.Findings {
		w := a.Findings[i].Consequence.Weight()
		risks = append(risks, score.Risk{Class: w.Class, Tier: w.Tier, Conditional: a.Findings[i].Condition != ""})
	}
	if a.Answers[0].Verdict == finding.Yes {
		risks = append(risks, score.Risk{Class: finding.ClassADM, Tier: finding.MaxTier, Hops: 2})
	}
	return score.Of(risks)
}

func checksIn(found []finding.Finding) []finding.CheckID {
	var ids []finding.CheckID
	for i := range found {
		ids = append(ids, found[i].Check)
	}
	return ids
}
