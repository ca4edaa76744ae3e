package printer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"sigs.k8s.io/yaml"
)

// Data for programs ends on a screen as well. It keeps every character; those that nobody sees are written as the escapes of the
// format.

func writeJSON(w io.Writer, value any) error {
	out, err := encode(value)
	if err == nil {
		_, err = w.Write(out)
	}
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// encode makes indented JSON in which every hidden character is an escape. Outside of strings JSON has none but line feeds.
func encode(value any) ([]byte, error) {
	var raw, out bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	for _, r := range raw.String() {
		if r == '\n' || !hidden(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes(), nil
}

func writeYAML(w io.Writer, value any) error {
	out, err := encodeYAML(value)
	if err == nil {
		_, err = w.Write(out)
	}
	if err != nil {
		return fmt.Errorf("writing YAML: %w", err)
	}
	return nil
}

// encodeYAML is YAML in which every text with a hidden character is a quoted one. The library writes some of them as they are, and
// does not read others, so it gets a word in the place of such a text.
func encodeYAML(value any) ([]byte, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if !strings.ContainsFunc(string(encoded), hidden) {
		return yaml.JSONToYAML(encoded)
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	word := "hidden"
	for bytes.Contains(encoded, []byte(word)) {
		word += "x"
	}
	var quoted []string
	tree = replaceHidden(tree, func(text string) string {
		place := word + strconv.Itoa(len(quoted)/2) + "-"
		quoted = append(quoted, place, strconv.QuoteToASCII(text))
		return place
	})
	if encoded, err = json.Marshal(tree); err != nil {
		return nil, err
	}
	out, err := yaml.JSONToYAML(encoded)
	return []byte(strings.NewReplacer(quoted...).Replace(string(out))), err
}

// replaceHidden replaces the texts in which something is hidden.
func replaceHidden(tree any, by func(text string) string) any {
	switch t := tree.(type) {
	case string:
		if strings.ContainsFunc(t, hidden) {
			return by(t)
		}
	case []any:
		for i := range t {
			t[i] = replaceHidden(t[i], by)
		}
	case map[string]any:
		out := make(map[string]any, len(t))
		for _, name := range slices.Sorted(maps.Keys(t)) {
			value := replaceHidden(t[name], by)
			if strings.ContainsFunc(name, hidden) {
				name = by(name)
			}
			out[name] = value
		}
		return out
	}
	return tree
}
