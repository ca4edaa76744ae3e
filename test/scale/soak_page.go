package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/daysix/daysix/internal/testing/docpage"
)

// The table of the soaks stands between these lines.
const (
	soakBegins = "<!-- The table of the soaks is written by test/scale; do not edit. -->\n"
	soakEnds   = "<!-- The table of the soaks ends. -->\n"
)

func soakFile(folder, size string) string { return filepath.Join(folder, "soak-"+size+".json") }

// writeSoaks writes the table of the last soak of each size into a page.
func writeSoaks(page, folder string) error {
	var soaks []*soaked
	for _, size := range []string{"s", "m", "l"} {
		s := &soaked{}
		err := readResults(soakFile(folder, size), s)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		soaks = append(soaks, s)
	}
	return docpage.ReplaceTable(page, soakBegins, soakEnds, soakTable(soaks))
}

// soakTable has a column for each soak and a row for each quantity: where the fitted line begins and where it ends.
func soakTable(soaks []*soaked) string {
	rows := []string{"| |", "|---|"}
	for _, q := range growing() {
		rows = append(rows, "| "+q.what+" |")
	}
	rows = append(rows, "| pods that came or went, and other changes |", "| reports written |", "| reports at the end |",
		"| of them otherwise by a manager that starts anew |")
	for _, s := range soaks {
		rows[0] += fmt.Sprintf(" %d pods, %s |", sizes()[s.Size].Pods, short(s.Length))
		rows[1] += "---|"
		cells := make([]string, 0, len(rows)-2)
		for _, t := range s.trends() {
			// A line through few that wait may end below none.
			cells = append(cells, number(max(0, t.first))+" → "+number(max(0, t.last)))
		}
		for _, count := range []int{s.Changes, s.Writes, s.Reports, s.Differ} {
			cells = append(cells, fmt.Sprint(count))
		}
		for i, cell := range cells {
			rows[i+2] += " " + cell + " |"
		}
	}
	rows[0] += " may grow by |"
	rows[1] += "---|"
	for i, q := range growing() {
		rows[i+2] += " " + q.margin() + " |"
	}
	for i := len(growing()) + 2; i < len(rows); i++ {
		rows[i] += " – |"
	}
	rows[len(rows)-1] = strings.TrimSuffix(rows[len(rows)-1], " – |") + " 0 |"
	return "\n" + strings.Join(rows, "\n") + "\n\n"
}

// short is a time without the parts of it that are zero.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len("0s")]
		}
	}
	return text
}
