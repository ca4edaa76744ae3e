// Package golden compares what a test made with files that are kept in the tree. With -update the files are written anew;
// the change is then read like any other.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that tests compare with anew")

// Compare compares a text with a file.
func Compare(tb testing.TB, path, got string) {
	tb.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("%v; -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		tb.Errorf("%s differs (-file +now), -update writes it anew:\n%s", path, diff)
	}
}

// Pages compares texts with the files of a folder by their names. It fails on a file too many as on one that is missing.
func Pages(tb testing.TB, folder string, pages map[string]string) {
	tb.Helper()
	names := make([]string, 0, len(pages))
	for name, text := range pages {
		Compare(tb, filepath.Join(folder, name), text)
		names = append(names, name)
	}
	Names(tb, folder, names)
}

// Names sees to it that a folder has the files of those names, and nothing else.
func Names(tb testing.TB, folder string, names []string) {
	tb.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		tb.Fatal(err)
	}
	there := make([]string, 0, len(entries))
	for _, entry := range entries {
		there = append(there, entry.Name())
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(names)), there); diff != "" {
		tb.Errorf("files of %s differ (-wanted +there):\n%s", folder, diff)
	}
}
