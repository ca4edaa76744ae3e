package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/daysix/daysix/internal/testing/docpage"
)

// The table of the page stands between these lines; the words around it are not generated.
const (
	tableBegins = "<!-- The table is written by test/scale; do not edit. -->\n"
	tableEnds   = "<!-- The table ends. -->\n"
)

// writePage writes the table of the sizes that were measured into a page.
func writePage(page, root string) error {
	measured := map[string]*figures{}
	for size := range sizes() {
		f := &figures{}
		err := readResults(filepath.Join(root, "bin", "scale", size+".json"), &f.values)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		measured[size] = f
	}
	return docpage.ReplaceTable(page, tableBegins, tableEnds, pageTable(measured))
}

// pageTable has a row for each figure and a column for each size.
func pageTable(measured map[string]*figures) string {
	var b strings.Builder
	b.WriteString("\n| | goal | 1,500 pods | 15,000 pods | 150,000 pods | how |\n|---|---|---|---|---|---|\n")
	for _, d := range descriptions() {
		fmt.Fprintf(&b, "| %s | %s |", d.what, bound(d.goal))
		for _, size := range []string{"s", "m", "l"} {
			cell := "–"
			if f, ok := measured[size]; ok {
				if value, taken := f.values[d.id]; taken {
					cell = number(value)
				}
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		fmt.Fprintf(&b, " %s |\n", d.how)
	}
	b.WriteString("\n")
	return b.String()
}

func bound(goal string) string {
	if goal == "" {
		return "–"
	}
	return "≤ " + goal
}
