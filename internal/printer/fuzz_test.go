package printer

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/randfill"
	"sigs.k8s.io/yaml"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/whatif"
)

// hostileTexts try to clear the screen, to paint over it, to set the title and the clipboard of a terminal, to make a link, to
// write backwards, to hide, and to end a line, a quotation or a label.
func hostileTexts() []string {
	return []string{
		"\x1b[2J\x1b[1;1H", "\x1b]0;title\x07", "\x1b]52;c;cm0gLXJmIC8=\x1b\\", "\x1b]8;;https://x.example\x1b\\here\x1b]8;;\x1b\\", "\x1bP+q\x1b\\",
		"\u009b31m", "\u0090q\u009c", "a\rb", "a\nNote: all is well", "a\tb", "\x00", "\x7f\b\b\b", "\u202egnp.exe", "\u2066a\u2069", "a\u200bb\u200d\ufeff",
		"\U000e0041\U000e0042", "\u3164", "\u2800", "a\ufe0f", "z" + strings.Repeat("\u0301", 60), "\u2028\u2029\u0085", "\xff\xfe", "\"]; x --> y; click x href", "</b><script>",
		"end\n...\n---\nkind: Secret", "'; \"", "hidden0-", "a: b #c", "%v%n", strings.Repeat("w", 300), "\U0001f600 ü 日本", "",
	}
}

// printing is everything that is printed of things in which every text may be hostile.
type printing struct {
	Reports     []*daysixv1alpha1.PodSecurityReport
	Explanation report.Explanation
	Drain       drain.Result
	Whatif      whatif.Result
	Reach       reach.Result
	Picture     attackgraph.Picture
}

func hostilePrinting(seed int64, text string) *printing {
	texts := append(hostileTexts(), text)
	p := &printing{}
	randfill.NewWithSeed(seed).NilChance(0).NumElements(1, 3).Funcs(
		func(s *string, c randfill.Continue) { *s = texts[c.Intn(len(texts))] + texts[c.Intn(len(texts))] },
		func(t *metav1.Time, c randfill.Continue) { *t = metav1.Unix(c.Int63n(1<<32), 0) },
		func(f *metav1.FieldsV1, _ randfill.Continue) { *f = metav1.FieldsV1{} },
	).Fill(p)
	p.Picture.Links = nil
	for i := range p.Picture.Vertices {
		p.Picture.Vertices[i].Kind = attackgraph.KindSecret
		p.Picture.Links = append(p.Picture.Links, attackgraph.Link{From: i, To: 0, Edge: "ReadSecrets"})
	}
	return p
}

// Whatever an object says, nothing of it works on the terminal, and it adds no line to a table.
func FuzzPrinters(f *testing.F) {
	for seed, text := range hostileTexts() {
		f.Add(int64(seed), text)
	}
	f.Fuzz(func(t *testing.T, seed int64, text string) {
		p := hostilePrinting(seed, text)
		reports := p.Reports
		for name, print := range map[string]func(io.Writer) error{
			"table":          func(w io.Writer) error { return Table(w, reports, false) },
			"explain":        func(w io.Writer) error { return ExplainTable(w, &p.Explanation) },
			"drain":          func(w io.Writer) error { return DrainTable(w, &p.Drain, false) },
			"drain, wide":    func(w io.Writer) error { return DrainTable(w, &p.Drain, true) },
			"whatif":         func(w io.Writer) error { return WhatifTable(w, &p.Whatif, false) },
			"whatif, wide":   func(w io.Writer) error { return WhatifTable(w, &p.Whatif, true) },
			"reach":          func(w io.Writer) error { return ReachTable(w, &p.Reach) },
			"DOT":            func(w io.Writer) error { return GraphDOT(w, &p.Picture) },
			"Mermaid":        func(w io.Writer) error { return GraphMermaid(w, &p.Picture) },
			"JSON":           func(w io.Writer) error { return JSON(w, reports) },
			"YAML":           func(w io.Writer) error { return YAML(w, reports) },
			"explain, JSON":  func(w io.Writer) error { return ExplainJSON(w, &p.Explanation) },
			"explain, YAML":  func(w io.Writer) error { return ExplainYAML(w, &p.Explanation) },
			"graph, JSON":    func(w io.Writer) error { return GraphJSON(w, &p.Picture) },
			"text as a note": func(w io.Writer) error { _, err := io.WriteString(w, Plain(text)); return err },
		} {
			var out bytes.Buffer
			if err := print(&out); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, r := range out.String() {
				if r != '\n' && (!unicode.IsPrint(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)) {
					t.Fatalf("%s: %U in %q", name, r, out.String())
				}
			}
		}
		linesOf(t, p)
		dataSaysTheSame(t, p)
		picturesAreWhole(t, &p.Picture)
	})
}

// linesOf sees to it that each row is a line.
func linesOf(t *testing.T, p *printing) {
	t.Helper()
	var table, changes bytes.Buffer
	if err := Table(&table, p.Reports, false); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(table.String(), "\n"); len(p.Reports) > 0 && got != 1+len(p.Reports) {
		t.Errorf("%d lines for %d reports:\n%s", got, len(p.Reports), table.String())
	}
	if err := WhatifTable(&changes, &p.Whatif, true); err != nil {
		t.Fatal(err)
	}
	if got, rows := strings.Count(changes.String(), "\n"), len(p.Whatif.Worse)+len(p.Whatif.Better); rows > 0 && got != 1+rows {
		t.Errorf("%d lines for %d changes:\n%s", got, rows, changes.String())
	}
}

// dataSaysTheSame sees to it that escapes keep every character, but for bytes that are no text.
func dataSaysTheSame(t *testing.T, p *printing) {
	t.Helper()
	plain, err := json.Marshal(listOf(p.Reports))
	if err != nil {
		t.Fatal(err)
	}
	want := decoded(t, plain)
	var asJSON, asYAML bytes.Buffer
	if err := JSON(&asJSON, p.Reports); err != nil {
		t.Fatal(err)
	}
	if err := YAML(&asYAML, p.Reports); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, decoded(t, asJSON.Bytes())); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	fromYAML, err := yaml.YAMLToJSONStrict(asYAML.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, asYAML.String())
	}
	if diff := cmp.Diff(want, decoded(t, fromYAML)); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, data []byte) (out any) {
	t.Helper()
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return out
}

var (
	dotLine     = regexp.MustCompile(`^  v\d+( -> v\d+)? \[label="(?:[^"\\]|\\["\\])*", (?:peripheries=[12]|style=(?:solid|dashed))\];$|^  more \[label="\d+ more workloads", shape=plaintext\];$`)
	mermaidLine = regexp.MustCompile(`^  v\d+\[{1,2}"[-A-Za-z0-9 ./:(),#;]*"\]{1,2}$|^  v\d+ (?:-->|-\.->)\|"[A-Za-z]+"\| v\d+$|^  more\["\d+ more workloads"\]$`)
)

// picturesAreWhole sees to it that each vertex and each step is one line of the language, in which all text stands between quotation marks.
func picturesAreWhole(t *testing.T, p *attackgraph.Picture) {
	t.Helper()
	for _, picture := range []struct {
		print          func(io.Writer, *attackgraph.Picture) error
		line           *regexp.Regexp
		before, behind int
	}{{GraphDOT, dotLine, 3, 1}, {GraphMermaid, mermaidLine, 1, 0}} {
		var out bytes.Buffer
		if err := picture.print(&out, p); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		want := picture.before + len(p.Vertices) + len(p.Links) + picture.behind
		if p.LeftOut > 0 {
			want++
		}
		if len(lines) != want {
			t.Fatalf("%d lines, want %d:\n%s", len(lines), want, out.String())
		}
		for _, line := range lines[picture.before : len(lines)-picture.behind] {
			if !picture.line.MatchString(line) {
				t.Errorf("%s", line)
			}
		}
	}
}
