package printer

import (
	"io"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/reach"
)

// ReachTable writes one line for each way of each workload.
func ReachTable(w io.Writer, result *reach.Result) error {
	if len(result.Workloads) == 0 {
		return nil
	}
	header := []string{"NAMESPACE", "WORKLOAD", "SERVICEACCOUNT", "TOKEN", "THROUGH"}
	withAnswer := result.Question.To == reach.ClusterAdmin
	if withAnswer {
		header = slices.Insert(header, len(header)-1, "ANSWER")
	}
	rows := [][]string{header}
	for i := range result.Workloads {
		r := &result.Workloads[i]
		line := []string{Plain(r.Namespace), Plain(r.Workload.Kind + "/" + r.Workload.Name), Plain(r.ServiceAccount), tokenOf(r)}
		if withAnswer {
			line = append(line, string(r.Answer))
		}
		var said []string
		for j := range r.Through {
			if way := Plain(r.Through[j].String()); !slices.Contains(said, way) {
				said = append(said, way)
				rows = append(rows, append(slices.Clone(line), way))
			}
		}
	}
	return writeRows(w, rows, nil)
}

// tokenOf says whether a token is in reach, and from which Secret, if from one.
func tokenOf(r *reach.Row) string {
	switch {
	case !r.Token:
		return "no"
	case len(r.TokenSecrets) == 0:
		return "yes"
	default:
		return "Secret " + Plain(strings.Join(r.TokenSecrets, ", "))
	}
}

// ReachJSON writes the result as JSON.
func ReachJSON(w io.Writer, result *reach.Result) error { return writeJSON(w, result) }

// ReachYAML writes what ReachJSON writes, as YAML.
func ReachYAML(w io.Writer, result *reach.Result) error { return writeYAML(w, result) }
