package restart

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tables of the page are those of the code: every reason why something was not asked, every kind that refuses, in order.
func TestThePageSaysWhatTheCodeSays(t *testing.T) {
	page, err := os.ReadFile("../../../docs/day-6.md")
	if err != nil {
		t.Fatal(err)
	}
	// Of these the table of the verdicts speaks, they are no lack of knowledge.
	verdictsOnly := []string{ReasonStaticPod, ReasonBarePod}
	reasons := slices.DeleteFunc(append(constants(t, "../result.go", ""), constants(t, "restart.go", "Reason")...), func(r string) bool {
		return slices.Contains(verdictsOnly, r)
	})
	slices.Sort(reasons)
	named := firstCells(string(page), "What is not asked")
	slices.Sort(named)
	if diff := cmp.Diff(reasons, named); diff != "" {
		t.Errorf("reasons (-code +page):\n%s", diff)
	}
	if diff := cmp.Diff(stages[:], firstCells(string(page), "What is asked")); diff != "" {
		t.Errorf("kinds that refuse (-code +page):\n%s", diff)
	}
}

// constants are the values of the constants of the type Reason, or of those whose names begin like that.
func constants(t *testing.T, path, prefix string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		kind, _ := spec.Type.(*ast.Ident)
		if literal, is := spec.Values[0].(*ast.BasicLit); is && (prefix == "" && kind != nil && kind.Name == "Reason" ||
			prefix != "" && strings.HasPrefix(spec.Names[0].Name, prefix)) {
			if value, err := strconv.Unquote(literal.Value); err == nil {
				values = append(values, value)
			}
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constants in %s", path)
	}
	return values
}

// firstCells are the words in the first cells of the table below a heading.
func firstCells(page, heading string) []string {
	_, section, _ := strings.Cut(page, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var cells []string
	for line := range strings.Lines(section) {
		if cell, found := strings.CutPrefix(line, "| `"); found {
			name, _, _ := strings.Cut(cell, "`")
			cells = append(cells, name)
		}
	}
	return cells
}
