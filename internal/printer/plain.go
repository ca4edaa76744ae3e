package printer

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes a text safe for a terminal. Manifests come from anywhere, and a name in them may hold a sequence that
// moves the cursor, paints over another line or reverses the direction of writing: what cannot be seen is spelled out.
func Plain(text string) string {
	var b strings.Builder
	marks := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(text[i])|0x100, 16)[1:])
		case hidden(r) || marks == marksInARow && unicode.Is(unicode.M, r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			marks = 0
		default:
			b.WriteRune(r)
			marks = marksAfter(marks, r)
		}
		i += size
	}
	return b.String()
}

// marksInARow is how many combining marks a character may carry, more than any language needs: a tower of them paints over the
// lines above.
const marksInARow = 4

func marksAfter(marks int, r rune) int {
	if unicode.Is(unicode.M, r) {
		return marks + 1
	}
	return 0
}

// brailleBlank is a letter to Unicode, and white on every screen.
const brailleBlank = '\u2800'

// hidden tells whether nobody sees a character: it controls something, or it has no shape (UAX 44, Default_Ignorable_Code_Point).
func hidden(r rune) bool {
	return !unicode.IsPrint(r) || r == brailleBlank || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
