package gettingstarted

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// prompt stands before a command in a block.
const prompt = "$ "

// page is a page of Markdown, split into what is text and what is done.
type page struct {
	parts []part
}

// part is text as it stands, or the steps of a block.
type part struct {
	text  string
	steps []step
}

// step is a command, and what it prints.
type step struct{ command, output string }

// parse finds the blocks whose language is console. What stands before the first command of one is an error of the page.
func parse(t *testing.T, markdown string) page {
	t.Helper()
	var p page
	const opening, closing = "```console\n", "```\n"
	rest := markdown
	for {
		text, after, found := strings.Cut(rest, opening)
		p.parts = append(p.parts, part{text: text})
		if !found {
			return p
		}
		block, tail, closed := strings.Cut(after, "\n"+closing)
		if !closed || !strings.HasPrefix(block, prompt) {
			t.Fatalf("a block does not begin with %q, or does not end:\n%.80s", prompt, after)
		}
		p.parts = append(p.parts, part{steps: stepsOf(block + "\n")})
		rest = tail
	}
}

func stepsOf(block string) []step {
	var steps []step
	for line := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(line, prompt); ok {
			steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
			continue
		}
		steps[len(steps)-1].output += line
	}
	return steps
}

// markdown is the page as it was parsed, with the outputs that the steps have now.
func (p *page) markdown() string {
	var b strings.Builder
	for _, part := range p.parts {
		b.WriteString(part.text)
		if len(part.steps) == 0 {
			continue
		}
		b.WriteString("```console\n")
		for _, s := range part.steps {
			b.WriteString(prompt + s.command + "\n" + s.output)
		}
		b.WriteString("```\n")
	}
	return b.String()
}

// stable is an output without what differs from run to run: times, ages, the random part of the names of pods, and the width
// of columns, which follows them.
func stable(output string) string {
	for _, r := range []struct{ pattern, with string }{
		{`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}Z| UTC)`, "TIME"},
		{`\b(\d+[dhms])+\b`, "AGE"},
		{`-[bcdf-hj-np-tv-z2456789]{6,10}-[bcdf-hj-np-tv-z2456789]{5}\b`, "-POD"},
		{`[ \t]+`, " "},
		{`(?m) $`, ""},
	} {
		output = regexp.MustCompile(r.pattern).ReplaceAllString(output, r.with)
	}
	return output
}

func TestAPageThatIsTakenApartIsTheSame(t *testing.T) {
	const text = "# A\n\n```sh\nmake\n```\n\n```console\n$ a | b\none\n\ntwo\n$ c\n```\n\nend\n"
	p := parse(t, text)
	if diff := cmp.Diff(text, p.markdown()); diff != "" {
		t.Errorf("(-page +again):\n%s", diff)
	}
	want := []step{{"a | b", "one\n\ntwo\n"}, {"c", ""}}
	if got := p.parts[1].steps; !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
}

func TestOnlyWhatDiffersFromRunToRunIsLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"ages, and the columns beside them": {"AGE\n4s    x\n", "AGE\n1m10s x\n", true},
		"times":                             {"since 2026-11-24 17:07 UTC", "since 2027-01-01 00:00 UTC", true},
		"times of objects":                  {"2026-11-24T17:07:48Z", "2027-01-01T00:00:00Z", true},
		"pods of a ReplicaSet":              {"pod/web-85cc486fd8-687ct", "pod/web-fc4fb86b8-ppp77", true},
		"a score":                           {"cart  98", "cart  97", false},
		"the name of a workload":            {"deployment-deployer", "deployment-runner", false},
		"a verdict":                         {"Denied 4s", "Admitted 4s", false},
	} {
		t.Run(name, func(t *testing.T) {
			if same := stable(test.a) == stable(test.b); same != test.same {
				t.Errorf("%q and %q", stable(test.a), stable(test.b))
			}
		})
	}
}
