package dryrun

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxMessage and maxWarning bound what others say, in bytes; maxWarnings how often.
	maxMessage  = 512
	maxWarning  = 256
	maxWarnings = 8

	// The API server appends five random characters to generateName, which it cuts so that 63 are left.
	generatedLength   = 5
	generatedAlphabet = "bcdfghjklmnpqrstvwxz2456789"
	maxGenerateName   = 63 - generatedLength

	ellipsis = "…"
)

// text makes what somebody else wrote fit to be published: on one line, visible, at most limit bytes, and the same for the
// same pod, whatever name the API server made up for it.
func text(raw, generateName string, limit int) string {
	return cut(visible(steady(raw, generateName)), limit)
}

// steady writes * for the random part of a name that was generated for this request.
func steady(raw, generateName string) string {
	base := generateName[:min(len(generateName), maxGenerateName)]
	if base == "" {
		return raw
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(raw, base)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(base)
		if len(after) >= generatedLength && isGenerated(after[:generatedLength]) {
			b.WriteByte('*')
			after = after[generatedLength:]
		}
		raw = after
	}
}

func isGenerated(suffix string) bool {
	return !strings.ContainsFunc(suffix, func(r rune) bool { return !strings.ContainsRune(generatedAlphabet, r) })
}

// visible writes one space for any run of characters that move the cursor, hide or reverse text, or are no text at all.
func visible(raw string) string {
	return strings.Join(strings.FieldsFunc(raw, func(r rune) bool {
		return unicode.IsSpace(r) || r == utf8.RuneError || !unicode.IsPrint(r)
	}), " ")
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}

// warningsText bounds warnings and puts them into order: webhooks are called at the same time.
func warningsText(raw []string, generateName string) []string {
	var out []string
	for _, warning := range raw {
		out = append(out, text(warning, generateName, maxWarning))
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxWarnings)]
}
