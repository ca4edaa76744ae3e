package gettingstarted

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

func TestThePagePrintsWhatItShows(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "getting-started.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, l := parse(t, string(text)), newLab(t)
	for _, part := range p.parts {
		if len(part.steps) == 0 {
			continue
		}
		for i, output := range l.run(t, part.steps) {
			if s := &part.steps[i]; stable(output) != stable(s.output) {
				s.output = output
			}
		}
	}
	golden.Compare(t, path, p.markdown())
}

// The picture of the README is the one that the page shows, by the same command.
func TestTheReadmeShowsTheSamePicture(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "getting-started.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, part := range parse(t, string(text)).parts {
		for _, s := range part.steps {
			if !strings.HasSuffix(s.command, "-o mermaid") {
				continue
			}
			found = true
			if !strings.Contains(string(readme), "`"+s.command+"`") || !strings.Contains(string(readme), "```mermaid\n"+s.output+"```\n") {
				t.Errorf("the README does not show what %s prints:\n%s", s.command, s.output)
			}
		}
	}
	if !found {
		t.Error("the page has no picture")
	}
}
