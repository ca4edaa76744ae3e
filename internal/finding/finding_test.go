package finding

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func someFinding() *rapid.Generator[Finding] {
	text := rapid.SampledFrom([]string{"", "a", "b"})
	return rapid.Custom(func(t *rapid.T) Finding {
		return Finding{
			Check:       CheckID(text.Draw(t, "check")),
			Consequence: rapid.SampledFrom([]Consequence{NodeRoot, NodeRead, EscapeAid, Hygiene}).Draw(t, "consequence"),
			Condition:   text.Draw(t, "condition"), Container: text.Draw(t, "container"), Field: text.Draw(t, "field"),
			Value: text.Draw(t, "value"), Message: text.Draw(t, "message"), Remediation: text.Draw(t, "remediation"),
		}
	})
}

func TestOrderOfFindings(t *testing.T) {
	t.Run("only equal findings compare as equal", rapid.MakeCheck(func(t *rapid.T) {
		a := someFinding().Draw(t, "a")
		b, other := a, someFinding().Draw(t, "b")
		switch rapid.IntRange(0, 4).Draw(t, "changed") {
		case 0:
			b = other
		case 1:
			b.Condition = other.Condition
		case 2:
			b.Remediation = other.Remediation
		case 3:
			b.Consequence = other.Consequence
		}
		if (Compare(a, b) == 0) != (a == b) || Compare(a, b) != -Compare(b, a) {
			t.Fatalf("%d and %d", Compare(a, b), Compare(b, a))
		}
	}))
	t.Run("the order in which findings come does not matter, and the worst is first", rapid.MakeCheck(func(t *rapid.T) {
		found := rapid.SliceOfN(someFinding(), 1, 20).Draw(t, "findings")
		shuffled := rapid.Permutation(found).Draw(t, "shuffled")
		Sort(found)
		Sort(shuffled)
		if diff := gocmp.Diff(found, shuffled); diff != "" {
			t.Fatal(diff)
		}
		for i := range found {
			if found[i].Tier() > found[0].Tier() {
				t.Fatalf("%+v comes after %+v", found[i], found[0])
			}
		}
	}))
}

func TestConditionLowersTheTier(t *testing.T) {
	for name, test := range map[string]struct {
		finding  Finding
		tier     Tier
		severity Severity
	}{
		"certain root on the node":           {Finding{Consequence: NodeRoot}, 4, SeverityHigh},
		"conditional root on the node":       {Finding{Consequence: NodeRoot, Condition: "if"}, 3, SeverityMedium},
		"conditional reading of the node":    {Finding{Consequence: NodeRead, Condition: "if"}, 2, SeverityLow},
		"conditional hygiene":                {Finding{Consequence: Hygiene, Condition: "if"}, 0, SeverityMinimal},
		"nothing goes below contained":       {Finding{Consequence: Contained, Condition: "if"}, 0, SeverityMinimal},
		"an unknown consequence is no worse": {Finding{Consequence: "Invented"}, 0, SeverityMinimal},
		"cluster-admin":                      {Finding{Consequence: ClusterAdmin}, 5, SeverityCritical},
	} {
		t.Run(name, func(t *testing.T) {
			if test.finding.Tier() != test.tier || test.finding.Severity() != test.severity {
				t.Fatalf("tier %d, severity %s", test.finding.Tier(), test.finding.Severity())
			}
		})
	}
}

func TestSeveritiesFollowTheirRank(t *testing.T) {
	for i, s := range Severities() {
		if s.Rank() != len(Severities())-1-i {
			t.Errorf("%s has rank %d", s, s.Rank())
		}
	}
	if Severity("").Rank() != -1 {
		t.Error("no severity has a rank")
	}
}

func TestTablesAreComplete(t *testing.T) {
	t.Run("every consequence has one row", func(t *testing.T) {
		rows := make([]string, 0, len(weights))
		for i, row := range Consequences() {
			rows = append(rows, string(row.Consequence))
			if row.Tier < 0 || row.Tier > MaxTier || !slices.Contains(Classes(), row.Class) {
				t.Errorf("row of %s: %+v", row.Consequence, row.Weight)
			}
			if i > 0 && row.Tier > Consequences()[i-1].Tier {
				t.Errorf("%s stands below something nearer", row.Consequence)
			}
			if row.Consequence.Weight() != row.Weight {
				t.Errorf("%s weighs %+v", row.Consequence, row.Consequence.Weight())
			}
		}
		assertSameNames(t, constants(t, "consequence.go", "Consequence"), rows)
	})
	t.Run("every class is listed", func(t *testing.T) {
		assertSameNames(t, constants(t, "consequence.go", "Class"), texts(Classes()))
	})
	t.Run("every question is listed, by name", func(t *testing.T) {
		assertSameNames(t, constants(t, "answer.go", "Question"), texts(Questions()))
		if !slices.IsSorted(Questions()) || len(Questions()) != 7 {
			t.Errorf("questions %v", Questions())
		}
	})
	t.Run("every severity is listed", func(t *testing.T) {
		assertSameNames(t, constants(t, "severity.go", "Severity"), texts(Severities()))
	})
}

func texts[S ~string](in []S) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}

func assertSameNames(t *testing.T, want, got []string) {
	t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("constants and table differ (-constants +table):\n%s", diff)
	}
}

// constants lists the values of the constants of a type, from the source.
func constants(t *testing.T, file, typeName string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if ident, ok := spec.Type.(*ast.Ident); !ok || ident.Name != typeName || len(spec.Values) != 1 {
			return true
		}
		if value, ok := spec.Values[0].(*ast.BasicLit); ok {
			out = append(out, value.Value[1:len(value.Value)-1])
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("%s has no constants of type %s", file, typeName)
	}
	return out
}
