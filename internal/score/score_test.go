package score

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// testdata/reference.jsonl was written by the reference implementation of catalogue section F: 600 random cases.
func TestScoreEqualsTheReference(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); cases++ {
		var want struct {
			Risks []Risk
			Score int
			Grade string
			Parts []struct {
				Label  string
				Points int
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		got := Of(want.Risks)
		if got.Score != want.Score || "ABCDEF"[got.Tier:got.Tier+1] != want.Grade {
			t.Fatalf("case %d: got %d tier %d, want %d grade %s for %+v", cases, got.Score, got.Tier, want.Score, want.Grade, want.Risks)
		}
		var wantParts []Part
		for i, p := range want.Parts {
			part := Part{Points: p.Points}
			if i > 0 {
				part.Class = finding.Class(p.Label)
			}
			wantParts = append(wantParts, part)
		}
		if diff := cmp.Diff(wantParts, got.Parts); diff != "" {
			t.Fatalf("case %d: parts differ (-reference +ours):\n%s", cases, diff)
		}
	}
	if cases != 600 {
		t.Fatalf("read %d reference cases, want 600", cases)
	}
}

func TestNoRiskScoresZero(t *testing.T) {
	if got := Of(nil); got.Score != 0 || got.Severity() != finding.SeverityMinimal || len(got.Parts) != 0 {
		t.Fatalf("got %+v", got)
	}
}

func risk() *rapid.Generator[Risk] {
	return rapid.Custom(func(t *rapid.T) Risk {
		return Risk{
			Class:       rapid.SampledFrom(finding.Classes()).Draw(t, "class"),
			Tier:        finding.Tier(rapid.IntRange(0, 5).Draw(t, "tier")),
			Conditional: rapid.Bool().Draw(t, "conditional"),
			Breadth:     rapid.SampledFrom([]int{0, 1, 3, 10, 50, 500}).Draw(t, "breadth"),
			Hops:        rapid.IntRange(1, 6).Draw(t, "hops"),
		}
	})
}

func risks() *rapid.Generator[[]Risk] { return rapid.SliceOfN(risk(), 1, 8) }

func TestScoreProperties(t *testing.T) {
	t.Run("parts add up to the score, which lies within the band of its tier", rapid.MakeCheck(func(t *rapid.T) {
		got := Of(risks().Draw(t, "risks"))
		sum := 0
		for _, p := range got.Parts {
			sum += p.Points
			if p.Points < 0 {
				t.Fatalf("negative part in %+v", got)
			}
		}
		floor, ceiling := Band(got.Tier)
		if sum != got.Score || got.Score < floor || got.Score > ceiling {
			t.Fatalf("sum %d, band %d to %d: %+v", sum, floor, ceiling, got)
		}
	}))
	t.Run("adding a risk never lowers the score", rapid.MakeCheck(func(t *rapid.T) {
		rs := risks().Draw(t, "risks")
		if more := append(slices.Clone(rs), risk().Draw(t, "more")); Of(more).Score < Of(rs).Score {
			t.Fatalf("%d after, %d before", Of(more).Score, Of(rs).Score)
		}
	}))
	t.Run("a repeated risk changes nothing", rapid.MakeCheck(func(t *rapid.T) {
		rs := risks().Draw(t, "risks")
		if diff := cmp.Diff(Of(rs), Of(append(slices.Clone(rs), rs[0]))); diff != "" {
			t.Fatal(diff)
		}
	}))
	t.Run("the order of risks does not matter", rapid.MakeCheck(func(t *rapid.T) {
		rs := risks().Draw(t, "risks")
		if diff := cmp.Diff(Of(rs), Of(rapid.Permutation(rs).Draw(t, "shuffled"))); diff != "" {
			t.Fatal(diff)
		}
	}))
	t.Run("a risk that gets certain, wider or nearer never lowers the score", rapid.MakeCheck(func(t *rapid.T) {
		rs := risks().Draw(t, "risks")
		worse := slices.Clone(rs)
		i := rapid.IntRange(0, len(rs)-1).Draw(t, "index")
		switch rapid.IntRange(0, 2).Draw(t, "change") {
		case 0:
			worse[i].Conditional = false
		case 1:
			worse[i].Breadth += 100
		default:
			worse[i].Hops = max(1, worse[i].Hops-1)
		}
		if Of(worse).Score < Of(rs).Score {
			t.Fatalf("%d after, %d before", Of(worse).Score, Of(rs).Score)
		}
	}))
}

func BenchmarkScore(b *testing.B) {
	rs := []Risk{
		{Class: finding.ClassNET, Tier: 2, Breadth: 200},
		{Class: finding.ClassEXT, Tier: 2},
		{Class: finding.ClassNODE, Tier: 4},
		{Class: finding.ClassSEC, Tier: 4, Breadth: 20, Hops: 2},
		{Class: finding.ClassADM, Tier: 5, Conditional: true, Hops: 3},
	}
	b.ReportAllocs()
	for b.Loop() {
		Of(rs)
	}
}
