package assess

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/testing/golden"
)

func names(consequences []finding.Consequence) string {
	var all []string
	for _, c := range consequences {
		all = append(all, string(c))
	}
	return strings.Join(all, ", ")
}

func TestEveryJoinedCheckHasItsPage(t *testing.T) {
	root := filepath.Join("..", "..", "docs", "paths")
	var index strings.Builder
	index.WriteString("# Paths and network\n\nChecks whose findings come from the whole cluster: from [the paths through the attack graph](../blast-radius.md), and from\n" +
		"[the network](../network.md). This page is generated from the list in `internal/assess`.\n\n| Check | Finds | Consequence |\n|---|---|---|\n")
	pages := map[string]bool{"README.md": true}
	for _, c := range JoinedChecks() {
		name := string(c.ID) + ".md"
		pages[name] = true
		fmt.Fprintf(&index, "| [%s](%s) | %s | %s |\n", c.ID, name, c.Title, names(c.Leads))
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, part := range []string{
			"# " + string(c.ID) + "\n", "| Finds | " + c.Title + " |\n", "| Consequence | " + names(c.Leads) + " |\n",
			"\n## What it looks at\n", "\n## Why it matters\n", "\n## What to change\n", "\n## Sources\n",
		} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s lacks %q", name, part)
			}
		}
	}
	found, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range found {
		if !pages[entry.Name()] {
			t.Errorf("%s belongs to no check", entry.Name())
		}
	}
	golden.Compare(t, filepath.Join(root, "README.md"), index.String())
}
