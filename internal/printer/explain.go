package printer

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/report"
)

// The most that a screen shows of what may be many; the rest is counted.
const (
	refusalsOnScreen = 3
	waysOnScreen     = 3
	findingsOnScreen = 3
)

// below is where lines stand that belong to the one above.
const below = "    "

// ExplainJSON writes an explanation as JSON.
func ExplainJSON(w io.Writer, e *report.Explanation) error { return writeJSON(w, e) }

// ExplainYAML writes what ExplainJSON writes, as YAML.
func ExplainYAML(w io.Writer, e *report.Explanation) error { return writeYAML(w, e) }

// ExplainTable writes the whole story of a workload for a screen of 80 columns.
func ExplainTable(w io.Writer, e *report.Explanation) error {
	l := &lines{}
	l.head(e)
	l.answers(e.Answers)
	l.score(&e.Report.Status)
	l.findings(e)
	return l.writeTo(w, "explanation")
}

func (l *lines) head(e *report.Explanation) {
	s, ref := &e.Report.Status, &e.Report.Spec.WorkloadRef
	l.putf("Workload  ", "%s %s/%s (%s)", ref.Kind, e.Report.Namespace, ref.Name, ref.APIVersion)
	l.putf("Pods      ", "%s", podsOf(s))
	l.putf("Score     ", "%d of 100, %s", s.Score, cmp.Or(string(s.Severity), string(finding.SeverityMinimal)))
	l.putf("Reach     ", "%s%s", s.Reach, countedOf(e))
	if e.Placement != "" {
		l.put(strings.Repeat(" ", 10), e.Placement)
	}
	l.put("Exposure  ", exposureOf(e.Exposure))
	l.put("Priority  ", cmp.Or(string(s.Priority), "-"))
	l.restart(&s.Restart)
	if s.TopFix == nil {
		l.put("Top fix   ", "-")
	} else {
		l.putf("Top fix   ", "%s The score is %d then.", s.TopFix.Change, s.TopFix.ScoreAfter)
	}
	for _, c := range s.Conditions {
		if c.Type != daysixv1alpha1.ConditionRestartable && c.Status != daysixv1alpha1.ConditionTrue {
			l.putf("Missing   ", "%s", cmp.Or(c.Message, c.Reason))
		}
	}
}

func podsOf(s *daysixv1alpha1.PodSecurityReportStatus) string {
	said := strconv.Itoa(int(s.Pods.Running)) + " running"
	if s.Pods.Terminating > 0 {
		said += fmt.Sprintf(", %d terminating", s.Pods.Terminating)
	}
	if s.ServiceAccountName != "" {
		said += ", ServiceAccount " + s.ServiceAccountName
	}
	if differ := len(s.Pods.Divergent) + int(s.Pods.DivergentTruncated); differ > 0 {
		said += fmt.Sprintf("; pods that differ from %s, which is the worst: %d", s.Pods.Worst, differ)
	}
	return said
}

// countedOf says how much is reached, and how much more where all conditions hold.
func countedOf(e *report.Explanation) string {
	if e.Certain == nil {
		return ""
	}
	said := ": " + cmp.Or(countsOf(e.Certain), "nothing else for certain")
	if *e.Possible != *e.Certain {
		said += "; where all conditions hold " + countsOf(e.Possible)
	}
	return said
}

func countsOf(c *report.Counts) string {
	if c == nil {
		return ""
	}
	var said []string
	add := func(n int, one, many string) {
		switch n {
		case 0:
		case 1:
			said = append(said, "1 "+one)
		default:
			said = append(said, strconv.Itoa(n)+" "+many)
		}
	}
	add(c.Pods, "pod", "pods")
	add(c.Nodes, "node", "nodes")
	add(c.Namespaces, "namespace", "namespaces")
	add(c.Secrets, "Secret", "Secrets")
	return strings.Join(said, ", ")
}

func exposureOf(x *report.Exposure) string {
	if x == nil {
		return "not known"
	}
	said := string(x.Level)
	var ways []string
	for i, way := range x.Ways {
		if i == waysOnScreen {
			ways = append(ways, fmt.Sprintf("%d more", len(x.Ways)-i))
			break
		}
		ways = append(ways, way.Object)
	}
	if len(ways) > 0 {
		said += ", by " + strings.Join(ways, ", ")
	}
	switch {
	case x.Level == daysixv1alpha1.ExposureUnknown:
		said += fmt.Sprintf("; for certain %s. %s", x.Certain, x.Condition)
	case x.Level != x.Certain:
		said += fmt.Sprintf("; for certain %s, the rest if: %s", x.Certain, x.Condition)
	}
	return said
}

// restart says whether the pods may come back, and who refuses them.
func (l *lines) restart(r *daysixv1alpha1.Restart) {
	said := string(r.Verdict)
	if r.Reason != "" && r.Reason != string(r.Verdict) {
		said += " (" + r.Reason + ")"
	}
	if !r.Since.IsZero() {
		said += ", since " + r.Since.UTC().Format("2006-01-02 15:04 UTC")
	}
	if r.Message != "" && len(r.RefusedBy) == 0 {
		said += ": " + r.Message
	}
	l.put("Restart   ", said)
	for i := range r.RefusedBy[:min(len(r.RefusedBy), refusalsOnScreen)] {
		refusal := &r.RefusedBy[i]
		newer := ""
		if refusal.NewerThanPods {
			newer = ", newer than the pods"
		}
		l.putf("          - ", "%s %s%s: %s", refusal.Kind, refusal.Name, newer, refusal.Message)
	}
	if more := len(r.RefusedBy) + int(r.RefusedByTruncated) - refusalsOnScreen; more > 0 {
		l.putf("          - ", "%d more", more)
	}
}

// score adds the parts up. Each names the check that accounts for it.
func (l *lines) score(s *daysixv1alpha1.PodSecurityReportStatus) {
	parts := make([]string, 0, len(s.ScoreBreakdown))
	for _, p := range s.ScoreBreakdown {
		part := fmt.Sprintf("%d %s", p.Points, p.Class)
		if p.Check != "" {
			part += " (" + p.Check + ")"
		}
		parts = append(parts, part)
	}
	if len(parts) > 0 {
		l.WriteString("\nThe score\n")
		l.putf(below, "%d = %s", s.Score, strings.Join(parts, " + "))
	}
}

// findings shows the worst ones. Those that only say that there is a way are shown as the way.
func (l *lines) findings(e *report.Explanation) {
	status := &e.Report.Status
	all := slices.DeleteFunc(slices.Clone(status.Findings), func(f daysixv1alpha1.Finding) bool {
		return slices.ContainsFunc(e.Answers, func(a report.ExplainedAnswer) bool { return isWay(f.Field, &a) })
	})
	if len(all) == 0 {
		return
	}
	l.WriteString("\nThe findings\n")
	shown := all[:min(len(all), findingsOnScreen)]
	for i := range shown {
		f := &shown[i]
		l.putf(fmt.Sprintf("%s%-10s", below, f.Severity), "%s: %s", f.Check, cmp.Or(f.Field, f.Message))
	}
	if more := len(all) - len(shown) + int(status.FindingsTruncated); more > 0 {
		l.putf(below, "%d more, with -o json", more)
	}
}

// answers shows each with what it rests on and the shortest way, of which the beginning is not said twice.
func (l *lines) answers(all []report.ExplainedAnswer) {
	l.WriteString("\nIf one of its pods is compromised\n")
	for i := range all {
		a := &all[i]
		label := fmt.Sprintf("  %-20s%-13s", a.Question, a.Answer)
		said, by := countsOf(a.Reached), evidenceOf(a)
		if a.Answer == finding.No || a.Answer == finding.Unknown {
			said = a.Summary
		}
		if by != "" && onOneLine(label, said+", by "+by) {
			said, by = strings.TrimPrefix(said+", by "+by, ", "), ""
		}
		l.put(label, said)
		if a.Answer == finding.Conditional {
			l.put(below+"if: ", a.Summary)
		}
		if by != "" {
			l.put(below+"by ", by)
		}
		for j := range a.Evidence {
			if e := &a.Evidence[j]; namesSystem(a, e) {
				l.putf(below+"to ", "%s, by %s", e.Value, e.Field)
			}
		}
		l.path(a, all[:i])
	}
}

// namesSystem tells a system outside that a container's configuration names from what lets the pods get there.
func namesSystem(a *report.ExplainedAnswer, e *daysixv1alpha1.Evidence) bool {
	return a.Question == finding.ReachExternal && e.Value != "" && strings.Contains(e.Field, "ontainers[")
}

// evidenceOf names the first check, and its place where no step of the way does. A finding that only says that there is a
// way is left out where the way is shown.
func evidenceOf(a *report.ExplainedAnswer) string {
	evidence := slices.DeleteFunc(slices.Clone(a.Evidence), func(e daysixv1alpha1.Evidence) bool {
		return isWay(e.Field, a) || namesSystem(a, &e)
	})
	if len(evidence) == 0 {
		return ""
	}
	first := &evidence[0]
	place := cmp.Or(first.Field, first.Value)
	said := first.Check
	named := slices.ContainsFunc(a.Path, func(s daysixv1alpha1.PathStep) bool { return strings.Contains(s.Why, place) })
	switch {
	case said == "":
		said = place
	case place != "" && !named:
		said += ": " + place
	}
	if more := len(evidence) - 1; more > 0 {
		said += fmt.Sprintf(" (+%d)", more)
	}
	return said
}

// isWay tells whether the field of a finding is no place but the first edge of the way to an answer.
func isWay(field string, a *report.ExplainedAnswer) bool {
	return len(a.Path) > 0 && strings.HasPrefix(a.Path[0].Why, field+":")
}

// path writes the steps, and of a way that begins as another one does, that way's name for the steps that are the same.
func (l *lines) path(a *report.ExplainedAnswer, told []report.ExplainedAnswer) {
	same, like := 0, finding.Question("")
	for i := range told {
		if n := commonSteps(a.Path, told[i].Path); n > same {
			same, like = n, told[i].Question
		}
	}
	if same > 0 {
		l.putf(below+"-> ", "%s, as for %s", a.Path[same-1].To, like)
	}
	for _, s := range a.Path[same:] {
		l.putf(below+"-> ", "%s, by %s", s.To, s.Why)
	}
}

func commonSteps(a, b []daysixv1alpha1.PathStep) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
