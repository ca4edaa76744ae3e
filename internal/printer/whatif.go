package printer

import (
	"fmt"
	"io"
	"slices"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/whatif"
)

// WhatifTable writes a line for each workload of which the verdict changes, those first that get worse. Where wide is true, no
// message is cut.
func WhatifTable(w io.Writer, result *whatif.Result, wide bool) error {
	if len(result.Worse)+len(result.Better) == 0 {
		return nil
	}
	rows := [][]string{{"NAMESPACE", "WORKLOAD", "BEFORE", "AFTER", "PODS", "WHY"}}
	for i, r := range slices.Concat(result.Worse, result.Better) {
		why := whyChanged(&r, wide)
		if i >= len(result.Worse) {
			why = "no longer: " + why
		}
		rows = append(rows, []string{
			r.Namespace, r.Workload.Kind + "/" + r.Workload.Name, string(r.Before), string(r.After),
			fmt.Sprintf("%d/%d", r.Pods, r.Running), why,
		})
	}
	return writeFitting(w, rows, wide)
}

func whyChanged(r *whatif.Row, wide bool) string {
	if r.Before == restart.Denied || r.After == restart.Denied {
		return refusedBy(r.Refusals, r.Message, wide)
	}
	return r.Reason + ": " + r.Message
}

// WhatifJSON writes the result as JSON.
func WhatifJSON(w io.Writer, result *whatif.Result) error { return writeJSON(w, result) }

// WhatifYAML writes what WhatifJSON writes, as YAML.
func WhatifYAML(w io.Writer, result *whatif.Result) error { return writeYAML(w, result) }
