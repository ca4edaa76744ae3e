package faults

import (
	"fmt"
	"strings"

	"github.com/daysix/daysix/internal/testing/docpage"
)

// The table of the page stands between these lines; the words around it are not generated.
const (
	tableBegins = "<!-- The table is written by test/faults; do not edit. -->\n"
	tableEnds   = "<!-- The table ends. -->\n"
)

// result is what was observed of a fault.
type result struct {
	Fault, How string
	Seen       []string
	// Outage is how long the fault lasted, Recovery how long after it every report was right; in seconds.
	Outage, Recovery float64
	// Changed is how many reports say something else than before, Written how often one was written, Refused how often that was
	// tried in vain.
	Changed, Written, Refused int
}

// writePage writes the table into a page.
func writePage(page string, results []result) error {
	return docpage.ReplaceTable(page, tableBegins, tableEnds, table(results))
}

// table has a row for each fault.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("\n| fault | how | seen by | lasted, s | recovery, s | changed | written | refused |\n|---|---|---|---|---|---|---|---|\n")
	for i := range results {
		r := &results[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %.1f | %.1f | %d | %d | %d |\n",
			r.Fault, r.How, strings.Join(r.Seen, ", "), r.Outage, r.Recovery, r.Changed, r.Written, r.Refused)
	}
	b.WriteString("\n")
	return b.String()
}
