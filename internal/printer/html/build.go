package html

import (
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/printer"
)

// builder turns reports into what the script reads, and says every text once.
type builder struct {
	texts   []string
	indexes map[string]int
	known   map[string]printer.Check // all checks
	checks  [][3]int                 // those that are named
	named   map[string]bool
	rules   [][5]int
	ruleAt  map[[5]int]int
}

func newBuilder() *builder {
	return &builder{
		texts: []string{""}, indexes: map[string]int{"": 0}, known: printer.Checks(), checks: [][3]int{}, named: map[string]bool{},
		rules: [][5]int{}, ruleAt: map[[5]int]int{},
	}
}

// text is the index of a text, in which what cannot be seen is spelled out.
func (b *builder) text(s string) int {
	s = printer.Plain(s)
	at, ok := b.indexes[s]
	if !ok {
		at = len(b.texts)
		b.texts = append(b.texts, s)
		b.indexes[s] = at
	}
	return at
}

func (b *builder) list(all []string) []int {
	var out []int
	for _, s := range all {
		out = append(out, b.text(s))
	}
	return out
}

// check is the text of an ID, and remembers the check for the list of those that are named.
func (b *builder) check(id string) int {
	at := b.text(id)
	if known, ok := b.known[id]; ok && !b.named[id] {
		b.named[id] = true
		b.checks = append(b.checks, [3]int{at, b.text(known.Title), b.text(known.Page)})
	}
	return at
}

func (b *builder) rule(f *daysixv1alpha1.Finding) int {
	rule := [5]int{
		b.check(f.Check), b.text(string(f.Severity)), b.text(f.Message), b.text(f.Condition), b.text(f.Remediation),
	}
	at, ok := b.ruleAt[rule]
	if !ok {
		at = len(b.rules)
		b.rules = append(b.rules, rule)
		b.ruleAt[rule] = at
	}
	return at
}

func (b *builder) workload(r *daysixv1alpha1.PodSecurityReport) workload {
	s, ref := &r.Status, &r.Spec.WorkloadRef
	w := workload{
		Namespace: b.text(r.Namespace), Kind: b.text(ref.Kind), Name: b.text(ref.Name), APIVersion: b.text(ref.APIVersion),
		Score: s.Score, Severity: b.text(string(s.Severity)), Since: b.text(timeOf(s.SeveritySince)),
		Unaccepted: b.text(string(s.UnacceptedSeverity)), Reach: b.text(string(s.Reach)),
		Exposure: b.text(string(s.Exposure)), Priority: b.text(string(s.Priority)),
		ServiceAccount: b.text(s.ServiceAccountName), Running: s.Pods.Running, Terminating: s.Pods.Terminating,
		Answers: b.answers(s.Answers), Findings: [][7]int{}, MoreFindings: s.FindingsTruncated, Breakdown: [][3]int{},
		Restart: b.restart(&s.Restart), Conditions: [][4]int{}, Worst: b.text(s.Pods.Worst), MoreDivergent: s.Pods.DivergentTruncated,
	}
	if s.TopFix != nil {
		w.Fix = &fix{b.check(s.TopFix.Check), b.text(s.TopFix.Change), s.TopFix.ScoreAfter}
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		w.Findings = append(w.Findings, [7]int{
			b.rule(f), b.text(f.Container), b.text(f.Field), b.text(f.Value), int(f.Points), b.text(f.AcceptedBy), b.text(timeOf(f.Since)),
		})
	}
	for _, p := range s.ScoreBreakdown {
		w.Breakdown = append(w.Breakdown, [3]int{b.text(p.Class), int(p.Points), b.check(p.Check)})
	}
	for _, c := range s.Conditions {
		w.Conditions = append(w.Conditions, [4]int{b.text(c.Type), b.text(string(c.Status)), b.text(c.Reason), b.text(c.Message)})
	}
	for _, d := range s.Pods.Divergent {
		w.Divergent = append(w.Divergent, divergent{b.text(d.Name), d.Score, b.list(d.OnlyHere), b.list(d.NotHere)})
	}
	return w
}

func (b *builder) answers(all []daysixv1alpha1.Answer) []answer {
	out := make([]answer, 0, len(all))
	for i := range all {
		a := &all[i]
		said := answer{
			Question: b.text(string(a.Question)), Answer: b.text(string(a.Answer)), Reason: b.text(a.Reason), Summary: b.text(a.Summary),
			MoreEvidence: a.EvidenceTruncated,
		}
		for _, e := range a.Evidence {
			said.Evidence = append(said.Evidence, [3]int{b.check(e.Check), b.text(e.Field), b.text(e.Value)})
		}
		for _, s := range a.Path {
			said.Path = append(said.Path, [3]int{b.text(s.From), b.text(s.To), b.text(s.Why)})
		}
		if r := a.Reached; r != nil {
			said.Reached = b.list([]string{string(r.Pods), string(r.Nodes), string(r.Namespaces), string(r.Secrets)})
		}
		out = append(out, said)
	}
	return out
}

func (b *builder) restart(r *daysixv1alpha1.Restart) restart {
	out := restart{
		Verdict: b.text(string(r.Verdict)), Reason: b.text(r.Reason), Message: b.text(r.Message), Since: b.text(timeOf(r.Since)),
		Observed: b.text(timeOf(r.VerdictSince)), Live: b.text(string(r.Live)),
		Pods:    [4]int32{r.Pods.Admitted, r.Pods.Denied, r.Pods.Unknown, r.Pods.NotRecreated},
		Refused: b.refusals(r.RefusedBy), More: r.RefusedByTruncated, Forecast: b.refusals(r.Forecast), Differs: b.list(r.Differs),
	}
	for i := range r.NotAsked {
		n := &r.NotAsked[i]
		out.NotAsked = append(out.NotAsked, [4]int{b.text(n.Reason), b.text(n.Kind), b.text(n.Name), b.text(n.Message)})
	}
	return out
}

func (b *builder) refusals(all []daysixv1alpha1.Refusal) []refusal {
	var out []refusal
	for i := range all {
		r := &all[i]
		out = append(out, refusal{
			Kind: b.text(r.Kind), Name: b.text(r.Name), Binding: b.text(r.Binding), Message: b.text(r.Message),
			Since: b.text(timeOf(r.Since)), Newer: r.NewerThanPods, Fields: b.list(r.Fields),
		})
	}
	return out
}

// missing are the sources that could not be read, in the words of the reports, in the order in which the worst name them.
func (b *builder) missing(reports []*daysixv1alpha1.PodSecurityReport) []gap {
	out, at := []gap{}, map[int]int{}
	for _, r := range reports {
		for _, c := range r.Status.Conditions {
			if c.Type != daysixv1alpha1.ConditionComplete || c.Status == daysixv1alpha1.ConditionTrue {
				continue
			}
			text := b.text(strings.TrimSpace(c.Message))
			i, ok := at[text]
			if !ok {
				i = len(out)
				at[text] = i
				out = append(out, gap{Text: text})
			}
			out[i].Workloads++
		}
	}
	return out
}
