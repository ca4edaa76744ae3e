package attackgraph

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

// The pages of docs/edges are made of the registry: run with -update to write them.
func TestPagesSayWhatTheRegistrySays(t *testing.T) {
	root := filepath.Join("..", "..", "docs", "edges")
	want := map[string]string{"README.md": indexPage()}
	for _, e := range Registry() {
		want[string(e.ID)+".md"] = page(&e)
	}
	golden.Pages(t, root, want)
}

func page(e *Edge) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n| | |\n|---|---|\n", e.ID)
	fmt.Fprintf(&b, "| Step | %s |\n| From | %s |\n| To | %s |\n", e.Title, kindList(e.From), kindList(e.To))
	fmt.Fprintf(&b, "| Catalogue | %s |\n| ATT&CK | %s |\n", strings.Join(e.Catalogue, ", "), techniques(e.ATTACK))
	if privileges := e.Privileges(); len(privileges) > 0 {
		var links []string
		for _, id := range privileges {
			links = append(links, fmt.Sprintf("[%s](../privileges/%s.md)", id, id))
		}
		fmt.Fprintf(&b, "| Comes from | %s |\n", strings.Join(links, ", "))
	}
	fmt.Fprintf(&b, "| Condition | %s |\n", e.holdsWhen())
	fmt.Fprintf(&b, "\n## What it means\n\n%s\n\n## Sources\n\n%s\n", wrap(e.Why), wrap(e.Sources))
	return b.String()
}

// holdsWhen says how certain the edge is.
func (e *Edge) holdsWhen() string {
	switch {
	case e.Condition != "":
		return e.Condition
	case e.rights != nil:
		return "that of the privilege"
	default:
		return "none of its own"
	}
}

func kindList(list []VertexKind) string {
	var names []string
	for _, k := range list {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

func techniques(ids []string) string {
	var links []string
	for _, id := range ids {
		links = append(links, fmt.Sprintf("[%s](https://attack.mitre.org/techniques/%s)", id, strings.ReplaceAll(id, ".", "/")))
	}
	return strings.Join(links, ", ")
}

// wrap breaks a paragraph into lines of 120 characters at most.
func wrap(text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > 120 {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

func indexPage() string {
	var b strings.Builder
	b.WriteString("# Edges\n\nThe steps of the attack graph, in the order that breaks ties between paths of equal length. This page and those it\n" +
		"leads to are generated from the registry.\n\n")
	b.WriteString("| Edge | Step | From | To | Catalogue | ATT&CK |\n|---|---|---|---|---|---|\n")
	for _, e := range Registry() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s | %s |\n", e.ID, e.ID, e.Title, kindList(e.From), kindList(e.To),
			strings.Join(e.Catalogue, ", "), strings.Join(e.ATTACK, ", "))
	}
	b.WriteString("\n## Vertices\n\nBeing at a vertex is to have what it stands for. A hub stands for all of its kind, in a namespace or in the whole\ncluster.\n\n" +
		"| Vertex | To be there is to have |\n|---|---|\n")
	for k := range vertexKinds {
		fmt.Fprintf(&b, "| %s | %s |\n", k, kinds[k].meaning)
	}
	return b.String()
}
