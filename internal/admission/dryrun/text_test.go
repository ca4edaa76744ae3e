package dryrun

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, test := range []struct {
		name, raw, generateName, want string
	}{
		{"plain text stays", `pods "x" is forbidden: ä`, "web-", `pods "x" is forbidden: ä`},
		{"a generated name loses its random part", "resource shop/web-bcd42 was blocked, web-zzzzz too", "web-", "resource shop/web-* was blocked, web-* too"},
		{"a name that nobody generated stays", "web-api and web-abcde and web-", "web-", "web-api and web-abcde and web-"},
		{"a long base is cut as the API server cuts it", long[:58] + "bcdfg", long, long[:58] + "*"},
		{"without generateName there is nothing to look for", "web-bcd42", "", "web-bcd42"},
		{"lines become one", " one\r\n\ttwo\n", "", "one two"},
		{"what hides, reverses or moves is gone", "a\x1b[1mb\u202ec\u200bd\x00e\xfff", "", "a [1mb c d e f"},
		{"a long text is cut between characters", strings.Repeat("ä", 300), "", strings.Repeat("ä", 254) + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, text(test.raw, test.generateName, maxMessage)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextIsBoundedAndVisible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "raw")
		limit := rapid.IntRange(len(ellipsis), 64).Draw(t, "limit")
		got := text(raw, "web-", limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("got %q of %q", got, raw)
		}
	})
}

func TestWarningsAreSortedAndBounded(t *testing.T) {
	raw := []string{"b", "a", "web-bcdfg", "web-zzzzz"}
	for i := range 20 {
		raw = append(raw, "x"+strings.Repeat("y", i))
	}
	got := warningsText(raw, "web-")
	want := []string{"a", "b", "web-*", "x", "xy", "xyy", "xyyy", "xyyyy"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	slices.Reverse(raw)
	if diff := cmp.Diff(got, warningsText(raw, "web-")); diff != "" {
		t.Errorf("another order (-want +got):\n%s", diff)
	}
}
