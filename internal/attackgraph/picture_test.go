package attackgraph

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/testing/golden"
)

func rendered(t *testing.T, p *Picture) (dot, mermaid string) {
	t.Helper()
	var d, m strings.Builder
	if err := errors.Join(p.DOT(&d), p.Mermaid(&m)); err != nil {
		t.Fatal(err)
	}
	return d.String(), m.String()
}

func TestPictureOfAWorkload(t *testing.T) {
	g := New()
	combined(g)
	p, ok := g.Solve().PictureOf(deployment("ops", "debugger"), 10)
	if !ok {
		t.Fatal("no picture")
	}
	dot, mermaid := rendered(t, &p)
	golden.Compare(t, filepath.Join("testdata", "workload.dot"), dot)
	golden.Compare(t, filepath.Join("testdata", "workload.mmd"), mermaid)
}

// A DaemonSet on a thousand nodes is one vertex that says how many more there are.
func TestAPictureSaysWhatItLeavesOut(t *testing.T) {
	g := New()
	var pods []string
	for i := range 1000 {
		pods = append(pods, fmt.Sprintf("agent-%d@node-%03d", i, i))
	}
	agent := Key{"apps", "DaemonSet", "kube-system", "agent"}
	g.SetWorkload(agent, one(on(pods...), root))
	p, _ := g.Solve().PictureOf(agent, 5)
	if len(p.Vertices) != 5 || p.Vertices[0].More != 997 {
		t.Errorf("%d vertices, %d more, want 5 and 997", len(p.Vertices), p.Vertices[0].More)
	}
	_, mermaid := rendered(t, &p)
	golden.Compare(t, filepath.Join("testdata", "daemonset.mmd"), mermaid)
}

func TestPictureOfATargetLeavesOutTheFurthest(t *testing.T) {
	g := New()
	combined(g)
	p := g.Solve().PictureTo(Vertex{Kind: KindClusterAdmin}, 8)
	if p.LeftOut != 3 {
		t.Errorf("%d workloads are left out, want 3", p.LeftOut)
	}
	dot, mermaid := rendered(t, &p)
	golden.Compare(t, filepath.Join("testdata", "target.dot"), dot)
	golden.Compare(t, filepath.Join("testdata", "target.mmd"), mermaid)
}

// Steps that a condition decides are marked, unless another step of the same kind is certain.
func TestConditionalStepsAreDashed(t *testing.T) {
	g := New()
	web(g, []func(*Group){read("If it may.")}, may("RBACListSecrets", finding.SecretsOfNamespace, "shop").when("Perhaps."))
	p, _ := g.Solve().PictureOf(start, 10)
	dot, mermaid := rendered(t, &p)
	for _, want := range []string{`[label="ReadSecrets", style=dashed]`, `[label="ReadNode", style=dashed]`, `[label="HoldToken", style=solid]`} {
		if !strings.Contains(dot, want) {
			t.Errorf("%s is not in\n%s", want, dot)
		}
	}
	if !strings.Contains(mermaid, `-.->|"ReadSecrets"|`) {
		t.Errorf("no dotted arrow in\n%s", mermaid)
	}
}

// A name may hold anything that an owner reference of an unknown kind can say.
func TestNamesAreEscaped(t *testing.T) {
	hostile := `a"] --> x[click]; \N </div>` + "\n" + "`#quot;ä"
	p := Picture{Vertices: []Sight{{Vertex: Vertex{KindNode, Key{Name: hostile}}}}}
	dot, mermaid := rendered(t, &p)
	wantDOT := `  v0 [label="root on Node a\"] --> x[click]; \\N </div> ` + "`" + `#quot;ä", peripheries=1];`
	if line := strings.Split(dot, "\n")[3]; line != wantDOT {
		t.Errorf("DOT %s\nwant %s", line, wantDOT)
	}
	wantMermaid := `  v0["root on Node a#34;#93; --#62; x#91;click#93;#59; #92;N #60;/div#62;#10;#96;#35;quot#59;#228;"]`
	if line := strings.Split(mermaid, "\n")[1]; line != wantMermaid {
		t.Errorf("Mermaid %s\nwant %s", line, wantMermaid)
	}
}

func TestPicturesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t).graph().Solve()
		room := rapid.IntRange(1, 12).Draw(t, "room")
		pictures := []Picture{s.PictureTo(Vertex{Kind: KindClusterAdmin}, room), s.PictureTo(Vertex{KindNode, Key{Name: "a"}}, room)}
		for _, key := range s.Workloads() {
			p, _ := s.PictureOf(key, room)
			if len(p.Vertices) == 0 {
				t.Fatalf("the picture of %s is empty", key)
			}
			pictures = append(pictures, p)
		}
		for _, p := range pictures {
			if len(p.Vertices) > room {
				t.Fatalf("%d vertices, room for %d", len(p.Vertices), room)
			}
			for _, l := range p.Links {
				if max(l.From, l.To) >= len(p.Vertices) {
					t.Fatalf("link to a vertex that is not there: %+v", l)
				}
			}
		}
	})
}
