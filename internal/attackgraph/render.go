package attackgraph

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// label is what stands in a vertex: what it is, and how much is left out there.
func (s *Sight) label() string {
	if s.More > 0 {
		return s.String() + " (" + strconv.Itoa(s.More) + " more)"
	}
	return s.String()
}

func (p *Picture) leftOut() string {
	return strconv.Itoa(p.LeftOut) + " more workloads"
}

// DOT writes the picture in the language of Graphviz. Steps that a condition decides are dashed, goals have a double line.
func (p *Picture) DOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph attack {\n  rankdir=LR;\n  node [shape=box];\n")
	for i := range p.Vertices {
		v := &p.Vertices[i]
		lines := 1
		if v.Goal {
			lines = 2
		}
		fmt.Fprintf(&b, "  v%d [label=%s, peripheries=%d];\n", i, quoteDOT(v.label()), lines)
	}
	for _, l := range p.Links {
		style := "solid"
		if l.Conditional {
			style = "dashed"
		}
		fmt.Fprintf(&b, "  v%d -> v%d [label=%s, style=%s];\n", l.From, l.To, quoteDOT(string(l.Edge)), style)
	}
	if p.LeftOut > 0 {
		fmt.Fprintf(&b, "  more [label=%s, shape=plaintext];\n", quoteDOT(p.leftOut()))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// quoteDOT makes a double-quoted string, in which Graphviz reads nothing but the escaped quote and the backslash.
func quoteDOT(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(text) + `"`
}

// Mermaid writes the picture as a flowchart of Mermaid. Steps that a condition decides are dotted, goals have a double line.
func (p *Picture) Mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i := range p.Vertices {
		v := &p.Vertices[i]
		shape := [2]string{"[", "]"}
		if v.Goal {
			shape = [2]string{"[[", "]]"}
		}
		fmt.Fprintf(&b, "  v%d%s%s%s\n", i, shape[0], quoteMermaid(v.label()), shape[1])
	}
	for _, l := range p.Links {
		arrow := "-->"
		if l.Conditional {
			arrow = "-.->"
		}
		fmt.Fprintf(&b, "  v%d %s|%s| v%d\n", l.From, arrow, quoteMermaid(string(l.Edge)), l.To)
	}
	if p.LeftOut > 0 {
		fmt.Fprintf(&b, "  more[%s]\n", quoteMermaid(p.leftOut()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoteMermaid writes everything that Mermaid or Markdown could read as its own as an entity of its code point.
func quoteMermaid(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		if r >= ' ' && strings.ContainsRune(" -./:(),", r) || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
