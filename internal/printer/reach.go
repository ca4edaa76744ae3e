package printer

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/daysix/daysix/internal/reach"
)

// ReachTable writes one line for each way of each workload, and of one that gets to a target over others the steps, each on
// a line of its own.
func ReachTable(w io.Writer, result *reach.Result) error {
	if len(result.Workloads) == 0 {
		return nil
	}
	header := []string{"NAMESPACE", "WORKLOAD", "SERVICEACCOUNT", "TOKEN", "THROUGH"}
	withAnswer := result.Question.To != ""
	if withAnswer {
		header = slices.Insert(header, len(header)-1, "ANSWER")
	}
	rows := [][]string{header}
	for i := range result.Workloads {
		r := &result.Workloads[i]
		line := []string{r.Namespace, r.Workload.Kind + "/" + r.Workload.Name, r.ServiceAccount, tokenOf(r)}
		if withAnswer {
			line = append(line, string(r.Answer))
		}
		var said []string
		for j := range r.Through {
			if way := r.Through[j].String(); !slices.Contains(said, way) {
				said = append(said, way)
				rows = append(rows, append(slices.Clone(line), way))
			}
		}
		if len(r.Through) == 0 {
			rows = append(rows, stepsOf(line, r.Path)...)
		}
	}
	return writeWays(w, rows)
}

// writeWays writes the last column, which says by which way, on lines of its own below the others where it does not fit beside
// them. It is never cut: somebody looks up what it names.
func writeWays(w io.Writer, rows [][]string) error {
	last, width := len(rows[0])-1, 0
	for _, column := range widthsOf(rows) {
		width += column + len(gap)
	}
	if width-len(gap) <= screenWidth {
		return writeRows(w, rows, nil)
	}
	left := make([][]string, len(rows))
	for i := range rows {
		left[i] = rows[i][:last]
	}
	var columns strings.Builder
	if err := writeRows(&columns, left, nil); err != nil {
		return err
	}
	l := &lines{}
	before := ""
	for i, line := range strings.Split(strings.TrimSuffix(columns.String(), "\n"), "\n") {
		switch {
		case i == 0:
			l.WriteString(line + "\n" + below + rows[0][last] + "\n")
			continue
		case line != "" && line != before:
			l.WriteString(line + "\n")
			before = line
		}
		l.put(below, rows[i][last])
	}
	return l.writeTo(w, "table")
}

// stepsOf are the lines of a path, of which the first one names the workload.
func stepsOf(line []string, path []reach.Step) [][]string {
	var rows [][]string
	for i := range path {
		rows = append(rows, append(slices.Clone(line), strconv.Itoa(i+1)+". "+path[i].String()))
		line = make([]string, len(line))
	}
	return rows
}

// tokenOf says whether a token is in reach, and from which Secret, if from one.
func tokenOf(r *reach.Row) string {
	switch {
	case !r.Token:
		return "no"
	case len(r.TokenSecrets) == 0:
		return "yes"
	default:
		return "Secret " + strings.Join(r.TokenSecrets, ", ")
	}
}

// ReachJSON writes the result as JSON.
func ReachJSON(w io.Writer, result *reach.Result) error { return writeJSON(w, result) }

// ReachYAML writes what ReachJSON writes, as YAML.
func ReachYAML(w io.Writer, result *reach.Result) error { return writeYAML(w, result) }
