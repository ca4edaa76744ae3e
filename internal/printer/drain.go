package printer

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/drain"
)

// namesShown is how many pods of a row a wide table names.
const namesShown = 3

// DrainTable writes a line for the pods of each workload that share a fate, worst first, and one for each budget that stands in
// the way. Where wide is true it names nodes and pods, and cuts no message.
func DrainTable(w io.Writer, result *drain.Result, wide bool) error {
	if len(result.Workloads) > 0 {
		header := []string{"FATE", "NAMESPACE", "WORKLOAD", "PODS", "LEFT", "WHY"}
		if wide {
			header = []string{"FATE", "NAMESPACE", "WORKLOAD", "PODS", "LEFT", "NODES", "NAMES", "WHY"}
		}
		rows := [][]string{header}
		for i := range result.Workloads {
			rows = append(rows, drainRow(&result.Workloads[i], wide))
		}
		if err := writeFitting(w, rows, wide); err != nil {
			return err
		}
	}
	if len(result.Budgets) == 0 {
		return nil
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	rows := [][]string{{"EFFECT", "NAMESPACE", "BUDGET", "PODS", "WHY"}}
	for i := range result.Budgets {
		b := &result.Budgets[i]
		rows = append(rows, []string{string(b.Effect), b.Namespace, b.Name, strconv.Itoa(b.Evictions), b.Message})
	}
	return writeFitting(w, rows, wide)
}

func drainRow(r *drain.Row, wide bool) []string {
	row := []string{
		string(r.Fate), r.Namespace, r.Workload.Kind + "/" + r.Workload.Name, strconv.Itoa(len(r.Pods)),
		fmt.Sprintf("%d/%d", r.Left, r.Running),
	}
	if wide {
		var nodes, names []string
		for _, p := range r.Pods {
			nodes, names = append(nodes, p.Node), append(names, p.Name)
		}
		row = append(row, firstOf(nodes), firstOf(names))
	}
	return append(row, whyDrained(r, wide))
}

// whyDrained is in words where it is to be wide, and short where not.
func whyDrained(r *drain.Row, wide bool) string {
	why := r.Reason
	switch {
	case r.Verdict == restart.Denied && r.Fate == drain.Stays:
		if why = "refused on a new node"; wide {
			why += ": " + refusedBy(r.Refusals, r.Message, wide)
		}
	case r.Fate == drain.Denied:
		why = refusedBy(r.Refusals, r.Message, wide)
	case (r.Fate == drain.Unknown || wide) && r.Message != "":
		why += ": " + r.Message
	}
	if place := withoutPlace(r.Pods, wide); place != "" {
		return strings.TrimPrefix(why+"; "+place, "; ")
	}
	return why
}

// withoutPlace says how many of the pods may not find a node, and why the first does not; empty where all may.
func withoutPlace(pods []drain.Pod, wide bool) string {
	without, first := 0, (*drain.NoPlace)(nil)
	for i := range pods {
		if pods[i].NoPlace != nil {
			without++
			first = cmp.Or(first, pods[i].NoPlace)
		}
	}
	if without == 0 {
		return ""
	}
	some := ""
	if without < len(pods) {
		some = fmt.Sprintf("%d of %d ", without, len(pods))
	}
	if wide {
		return some + "may not find a place: " + first.Message
	}
	return some + "no place: " + first.Reason
}

// refusedBy names what refuses first, and its message. The kinds of policies are long, and known by their names; the messages of
// Pod Security are long, and name its level.
func refusedBy(refusals []restart.Refusal, message string, wide bool) string {
	switch {
	case len(refusals) == 0, refusals[0].Name == "":
		return message
	case refusals[0].Kind != restart.KindPodSecurity:
		return refusals[0].Name + ": " + strings.TrimPrefix(message, refusals[0].Kind+" "+refusals[0].Name+": ")
	case wide:
		return message
	default:
		return refusals[0].Kind + " " + refusals[0].Name
	}
}

// firstOf names the first of a list, each once.
func firstOf(names []string) string {
	var distinct []string
	seen := make(map[string]bool)
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			distinct = append(distinct, name)
		}
	}
	if more := len(distinct) - namesShown; more > 0 {
		return strings.Join(distinct[:namesShown], ",") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(distinct, ",")
}

// DrainJSON writes the result as JSON.
func DrainJSON(w io.Writer, result *drain.Result) error { return writeJSON(w, result) }

// DrainYAML writes what DrainJSON writes, as YAML.
func DrainYAML(w io.Writer, result *drain.Result) error { return writeYAML(w, result) }
