package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
)

func TestPagesAreCurrent(t *testing.T) {
	for page, file := range map[string]string{"score": "../../docs/score.md", "index": "../../docs/checks/README.md"} {
		t.Run(file, func(t *testing.T) {
			var fresh bytes.Buffer
			if err := run([]string{page}, &fresh); err != nil {
				t.Fatal(err)
			}
			committed, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(committed), fresh.String()); diff != "" {
				t.Errorf("stale, run go run ./hack/checkdocs %s (-committed +fresh):\n%s", page, diff)
			}
		})
	}
}

func TestEveryCheckHasARow(t *testing.T) {
	score, index := scorePage(posture.Registry()), indexPage(posture.Registry())
	for _, check := range posture.Registry() {
		if !strings.Contains(score, "\n| ["+string(check.ID)+"](checks/") || !strings.Contains(index, "\n| ["+string(check.ID)+"](") {
			t.Errorf("%s has no row", check.ID)
		}
	}
	for _, row := range finding.Consequences() {
		if !strings.Contains(score, "\n| "+string(row.Consequence)+" | ") {
			t.Errorf("%s has no row", row.Consequence)
		}
	}
}

func TestRowsAreOrderedByName(t *testing.T) {
	page := indexPage([]posture.Check{{ID: "B", Title: "b", Worst: finding.Hygiene}, {ID: "A", Title: "a", Worst: finding.NodeRoot, PodSecurity: "baseline"}})
	_, rows, _ := strings.Cut(page, "|---|---|---|---|---|---|\n")
	rows, _, _ = strings.Cut(rows, "\n## ")
	want := "| [A](A.md) | a |  | NodeRoot | High | baseline |\n| [B](B.md) | b |  | Hygiene | Minimal | no level |\n"
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestWrongArgumentIsAnError(t *testing.T) {
	if err := run([]string{"scores"}, &bytes.Buffer{}); err == nil {
		t.Error("no error")
	}
}
