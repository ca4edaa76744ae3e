package printer

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// gap is the space between two columns.
const gap = "  "

const (
	// severityColumn is the one that has a colour.
	severityColumn = 3
	// findingsColumn is the one that is left out where there is no room.
	findingsColumn = 5
	// fixArrow leads from the check of a fix to the score after it.
	fixArrow = " -> "
)

// Table writes one line for each report, worst first. Where colour is true, the severity has one.
func Table(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport, colour bool) error {
	if len(reports) == 0 {
		return nil
	}
	ordered := slices.Clone(reports)
	slices.SortStableFunc(ordered, func(a, b *daysixv1alpha1.PodSecurityReport) int {
		return cmp.Or(cmp.Compare(b.Status.Score, a.Status.Score), byWorkload(a, b))
	})
	rows := [][]string{{"NAMESPACE", "WORKLOAD", "SCORE", "SEVERITY", "REACH", "FINDINGS", "TOP FIX"}}
	for _, r := range ordered {
		rows = append(rows, row(r))
	}
	makePlain(rows)
	fitFixes(rows)
	if !colour {
		return writeRows(w, rows, nil)
	}
	return writeRows(w, rows, func(column int, cell string) string {
		if column == severityColumn {
			return coloured(cell)
		}
		return cell
	})
}

// fitFixes makes the table fit on a screen where names leave room for it: the number of findings goes first, then the names of
// the fixes are cut. The score after a fix stays.
func fitFixes(rows [][]string) {
	for {
		last := len(rows[0]) - 1
		left := screenWidth
		widths := widthsOf(rows)
		for _, width := range widths[:last] {
			left -= width + len(gap)
		}
		switch {
		case widths[last] <= left:
			return
		case last == findingsColumn+1:
			for i := range rows {
				rows[i] = slices.Delete(rows[i], findingsColumn, last)
			}
		default:
			for _, row := range rows {
				name, score, _ := strings.Cut(row[last], fixArrow)
				if score != "" {
					score = fixArrow + score
				}
				row[last] = cut(name, max(left, leastOfLast)-len(score)) + score
			}
			return
		}
	}
}

// writeRows aligns the columns, in which all is made plain; the first row is the header. paint may colour a cell of the others.
func writeRows(w io.Writer, rows [][]string, paint func(column int, cell string) string) error {
	var out strings.Builder
	makePlain(rows)
	widths := widthsOf(rows)
	for i, row := range rows {
		var line strings.Builder
		for column, cell := range row {
			text := cell
			if paint != nil && i > 0 {
				text = paint(column, cell)
			}
			line.WriteString(text + strings.Repeat(" ", widths[column]-utf8.RuneCountInString(cell)) + gap)
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if _, err := io.WriteString(w, out.String()); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

func makePlain(rows [][]string) {
	for _, row := range rows {
		for column, cell := range row {
			row[column] = Plain(cell)
		}
	}
}

func row(r *daysixv1alpha1.PodSecurityReport) []string {
	s := &r.Status
	fix := "-"
	if s.TopFix != nil {
		fix = s.TopFix.Check + fixArrow + strconv.Itoa(int(s.TopFix.ScoreAfter))
	}
	return []string{
		r.Namespace,
		r.Spec.WorkloadRef.Kind + "/" + r.Spec.WorkloadRef.Name,
		strconv.Itoa(int(s.Score)),
		string(s.Severity),
		string(s.Reach),
		strconv.Itoa(len(s.Findings) + int(s.FindingsTruncated)),
		fix,
	}
}

func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for column, cell := range row {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// coloured puts the severity in its colour, one that every terminal has.
func coloured(severity string) string {
	const red, yellow, off = "\x1b[31m", "\x1b[33m", "\x1b[0m"
	switch finding.Severity(severity) {
	case finding.SeverityCritical, finding.SeverityHigh:
		return red + severity + off
	case finding.SeverityMedium:
		return yellow + severity + off
	case finding.SeverityLow, finding.SeverityMinimal:
	}
	return severity
}
