package printer

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// screenWidth is that of the narrowest terminal that is in use.
const screenWidth = 80

// lines is text for a screen in the making. Everything that is put in is made plain, and no line is wider than the screen.
type lines struct{ strings.Builder }

// put writes a text behind a label, and what does not fit on lines of their own below the text.
func (l *lines) put(label, text string) {
	label = Plain(label)
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	for i, line := range wrapped(Plain(text), screenWidth-len(indent)) {
		if i > 0 {
			label = indent
		}
		l.WriteString(strings.TrimRight(label+line, " ") + "\n")
	}
}

// onOneLine tells whether a text behind a label needs no second line.
func onOneLine(label, text string) bool {
	return utf8.RuneCountInString(label+Plain(text)) <= screenWidth
}

// putf is put with a format.
func (l *lines) putf(label, format string, args ...any) { l.put(label, fmt.Sprintf(format, args...)) }

// wrapped breaks a text between words, and a word that is wider than a line anywhere.
func wrapped(text string, width int) []string {
	var out []string
	var line []rune
	for word := range strings.SplitSeq(text, " ") {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) > width {
			out, line = append(out, string(line)), nil
		} else if len(line) > 0 {
			line = append(line, ' ')
		}
		for len(rest) > width {
			out, rest = append(out, string(rest[:width])), rest[width:]
		}
		line = append(line, rest...)
	}
	return append(out, string(line))
}

func (l *lines) writeTo(w io.Writer, what string) error {
	if _, err := io.WriteString(w, l.String()); err != nil {
		return fmt.Errorf("writing the %s: %w", what, err)
	}
	return nil
}
