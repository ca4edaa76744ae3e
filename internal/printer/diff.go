package printer

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/diff"
)

// DiffTable writes a line for each workload that has changed, what became worse first. Where wide is true, one for each finding
// that has follows.
func DiffTable(w io.Writer, result *diff.Result, wide bool) error {
	if len(result.Workloads) > 0 {
		rows := [][]string{{"CHANGE", "NAMESPACE", "WORKLOAD", "SCORE", "SEVERITY", "FINDINGS"}}
		for i := range result.Workloads {
			rows = append(rows, diffRows(&result.Workloads[i], wide)...)
		}
		if err := writeFitting(w, rows, wide); err != nil {
			return err
		}
	}
	var l lines
	counts := func(what string, by map[diff.Change]int) {
		l.put(what, fmt.Sprintf("%d new, %d gone, %d worse, %d better", by[diff.New], by[diff.Gone], by[diff.Worse], by[diff.Better]))
	}
	counts("Workloads: ", result.Counts.Workloads)
	counts("Findings:  ", result.Counts.Findings)
	return l.writeTo(w, "counts")
}

func diffRows(c *diff.Workload, wide bool) [][]string {
	row := []string{
		string(c.Change), Plain(c.Namespace), Plain(c.Workload.Kind + "/" + c.Workload.Name),
		fromTo(c, func(v *diff.Verdict) string { return fmt.Sprint(v.Score) }),
	}
	severity := func(v *diff.Verdict) string { return string(v.Severity) }
	if !wide {
		return [][]string{append(row, Plain(severity(cmp.Or(c.After, c.Before))), Plain(findingsInShort(c)))}
	}
	rows := [][]string{append(row, Plain(fromTo(c, severity)), Plain(restartChange(c)))}
	for i := range c.Findings {
		f := &c.Findings[i]
		severity := string(f.Severity)
		if f.Before != "" {
			severity = string(f.Before) + " -> " + severity
		}
		rows = append(rows, []string{"", "", "", "", Plain(severity), Plain(changed(f) + placeOf(f))})
	}
	return rows
}

// fromTo says what was and what is, once where that is the same.
func fromTo(c *diff.Workload, of func(*diff.Verdict) string) string {
	switch {
	case c.Before == nil:
		return of(c.After)
	case c.After == nil || of(c.Before) == of(c.After):
		return of(c.Before)
	default:
		return of(c.Before) + " -> " + of(c.After)
	}
}

// restartChange says that the verdict on a restart is another one.
func restartChange(c *diff.Workload) string {
	restart := func(v *diff.Verdict) string { return string(v.Restart) }
	if c.Before == nil || c.After == nil || restart(c.Before) == restart(c.After) {
		return ""
	}
	return "restart " + fromTo(c, restart)
}

// findingsInShort names the checks whose findings have changed, each once, with what became of them. Of a workload that is new
// or gone all findings are.
func findingsInShort(c *diff.Workload) string {
	var said []string
	if restart := restartChange(c); restart != "" && c.After.Restart == daysixv1alpha1.RestartDenied {
		said = append(said, restart)
	}
	seen := make(map[string]bool)
	for i := range c.Findings {
		text := changed(&c.Findings[i])
		if c.Before == nil || c.After == nil {
			text = c.Findings[i].Check
		}
		if !seen[text] {
			seen[text] = true
			said = append(said, text)
		}
	}
	return strings.Join(said, ", ")
}

// changed names the check of a finding with what became of it.
func changed(f *diff.Finding) string {
	switch f.Change {
	case diff.New:
		return "+" + f.Check
	case diff.Gone:
		return "-" + f.Check
	case diff.Worse:
		return f.Check + " worse"
	default:
		return f.Check + " better"
	}
}

func placeOf(f *diff.Finding) string {
	place := strings.Trim(f.Container+" "+f.Field, " ")
	if place == "" {
		return ""
	}
	return " " + place
}

// DiffJSON writes the result as JSON.
func DiffJSON(w io.Writer, result *diff.Result) error { return writeJSON(w, result) }

// DiffYAML writes what DiffJSON writes, as YAML.
func DiffYAML(w io.Writer, result *diff.Result) error { return writeYAML(w, result) }
