package faults

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheTableStandsBetweenItsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	page := func(table string) string { return "before\n" + tableBegins + table + tableEnds + "after\n" }
	must(t, os.WriteFile(path, []byte(page("of an earlier run\n")), 0o600))
	must(t, writePage(path, []result{{
		Fault: "etcd is slow", How: "a second", Seen: []string{"a", "b"}, Outage: 3.21, Recovery: 0.06, Changed: 5, Written: 6, Refused: 1,
	}}))
	got, err := os.ReadFile(path)
	must(t, err)
	want := page("\n| fault | how | seen by | lasted, s | recovery, s | changed | written | refused |\n|---|---|---|---|---|---|---|---|\n" +
		"| etcd is slow | a second | a, b | 3.2 | 0.1 | 5 | 6 | 1 |\n\n")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, os.WriteFile(path, []byte("a page without a place\n"), 0o600))
	if writePage(path, nil) == nil {
		t.Error("a page without a place for the table is written")
	}
}
