package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// What a verb prints for people fits on a screen of 80 columns, unless it is asked to be wide.
func TestTablesFitOnAScreen(t *testing.T) {
	data := func(name string) string { return filepath.Join("testdata", name) }
	for _, args := range [][]string{
		{"scan", "-f", attack},
		{"scan", "-f", data("shop")},
		{"scan", "-f", data("reach")},
		{"scan", "-f", data("drain")},
		{"scan", "-f", data("whatif")},
		{"explain", "rs/cart", "-n", "shop", "-f", attack},
		{"fix", "rs/cart", "-n", "shop", "-f", attack, "-o", "strategic", "--all"},
		{"reach", "--to", "cluster-admin", "-f", attack},
		{"reach", "create", "pods", "-A", "-f", data("reach")},
		{"drain", "worker-1", "-f", data("drain")},
		{"whatif", "--enforce", "restricted", "-A", "--on", data("whatif")},
	} {
		got := run(t, "", args...)
		if got.code == exitError || got.out == "" {
			t.Errorf("%v: exit code %d: %s", args, got.code, got.err)
		}
		for line := range strings.Lines(got.out) {
			if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 80 {
				t.Errorf("%v: %d columns: %q", args, width, line)
			}
		}
	}
}
