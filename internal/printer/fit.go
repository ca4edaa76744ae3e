package printer

import (
	"io"
	"unicode/utf8"
)

// leastOfLast is what is left for the last column at least.
const leastOfLast = 16

// writeFitting cuts the last column, which says why, to what a terminal has left, unless the table is to be wide. Names are
// never cut: somebody copies them.
func writeFitting(w io.Writer, rows [][]string, wide bool) error {
	return writeFittingPainted(w, rows, wide, nil)
}

// writeFittingPainted is writeFitting with the colours of writeRows.
func writeFittingPainted(w io.Writer, rows [][]string, wide bool, paint func(column int, cell string) string) error {
	if wide {
		return writeRows(w, rows, paint)
	}
	makePlain(rows)
	left, last := screenWidth, len(rows[0])-1
	for _, width := range widthsOf(rows)[:last] {
		left -= width + len(gap)
	}
	for _, row := range rows {
		row[last] = cut(row[last], max(left, leastOfLast))
	}
	return writeRows(w, rows, paint)
}

func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width-1]) + "…"
}
