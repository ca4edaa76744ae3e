package html

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// The least contrast that WCAG 2.2 AA asks for: of text, and of what else has to be seen.
// Source: https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast
const (
	leastText    = 4.5
	leastGraphic = 3
)

// palette are the colours by name: on light, on dark.
func palette(t *testing.T) map[string][2]string {
	t.Helper()
	text, err := assets.ReadFile("assets/palette.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);`).FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = [2]string{m[2], m[3]}
	}
	return out
}

// luminance of a colour. Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range [...]float64{0.2126, 0.7152, 0.0722} {
		value, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(value) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsTheOneOfWCAG(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"777777", "ffffff", 4.48}, {"ffffff", "ffffff", 1}} {
		if got := contrast(t, test.a, test.b); math.Abs(got-test.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", test.a, test.b, got, test.want)
		}
	}
}

func TestEveryColourCanBeReadOnEveryGround(t *testing.T) {
	colours := palette(t)
	grounds := []string{"ground", "surface", "raised"}
	texts := []string{"text", "muted", "accent", "critical", "high", "medium", "low", "minimal", "unknown", "good"}
	graphics := []string{"line-strong"}
	if want := len(grounds) + len(texts) + len(graphics) + 1; len(colours) != want { // line only divides.
		t.Errorf("%d colours, want %d: name the new one in this test", len(colours), want)
	}
	for scheme, name := range []string{"light", "dark"} {
		for _, ground := range grounds {
			check := func(colour string, least float64) {
				if got := contrast(t, colours[colour][scheme], colours[ground][scheme]); got < least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, colour, ground, got, least)
				}
			}
			for _, colour := range texts {
				check(colour, leastText)
			}
			for _, colour := range graphics {
				check(colour, leastGraphic)
			}
		}
	}
}
