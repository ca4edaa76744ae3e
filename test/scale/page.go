package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The table of the page stands between these lines; the words around it are not generated.
const (
	tableBegins = "<!-- The table is written by test/scale; do not edit. -->\n"
	tableEnds   = "<!-- The table ends. -->\n"
)

// replaceTable writes a table between two lines of a page.
func replaceTable(page, begins, ends, table string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	before, rest, found := strings.Cut(string(text), begins)
	_, after, ended := strings.Cut(rest, ends)
	if !found || !ended {
		return fmt.Errorf("%s has no place for the table: lines %q and %q", page, begins, ends)
	}
	if err := os.WriteFile(page, []byte(before+begins+table+ends+after), 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// writePage writes the table of the sizes that were measured into a page.
func writePage(page, root string) error {
	measured := map[string]*figures{}
	for size := range sizes() {
		f, err := readFigures(filepath.Join(root, "bin", "scale", size+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		measured[size] = f
	}
	return replaceTable(page, tableBegins, tableEnds, pageTable(measured))
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
				cell = number(f.values[d.id])
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
