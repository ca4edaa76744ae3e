package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"sigs.k8s.io/yaml"
)

// Document is one document of a file.
type Document struct {
	// Number counts from 1. Documents of nothing but comments do not count.
	Number int
	// Line of the file in which it begins, from 1.
	Line int
	// Offset is the first byte of it in the file, behind a byte order mark.
	Offset int

	data []byte
	json bool
}

// Documents splits a file. YAML documents end at a line of --- or ...; JSON values may follow one another with or
// without such lines, as jq writes them.
func Documents(data []byte) []Document {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var out []Document
	add := func(d Document) {
		d.Number = len(out) + 1
		out = append(out, d)
	}
	start, startLine, line := 0, 1, 0
	flush := func(end int) {
		for _, d := range values(data[start:end], startLine) {
			d.Offset += start
			add(d)
		}
	}
	for at := 0; at < len(data); {
		line++
		next := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		if rest, ok := separator(data[at:next]); ok {
			flush(at)
			// What follows the marker on its line belongs to the document that begins there.
			start, startLine = next-len(rest), line
			if len(bytes.TrimSpace(rest)) == 0 {
				start, startLine = next, line+1
			}
		}
		at = next
	}
	flush(len(data))
	return out
}

// separator tells whether a line ends a document, and returns what follows the marker.
func separator(line []byte) (rest []byte, ok bool) {
	for _, marker := range [...]string{"---", "..."} {
		rest, ok = bytes.CutPrefix(line, []byte(marker))
		if ok && (len(rest) == 0 || bytes.ContainsAny(rest[:1], " \t\r\n")) {
			return rest, true
		}
	}
	return nil, false
}

// values are the documents between two separators: one of YAML, or any number of JSON values.
func values(text []byte, line int) []Document {
	if isBlank(text) {
		return nil
	}
	if trimmed := bytes.TrimSpace(text); trimmed[0] != '{' && trimmed[0] != '[' {
		return []Document{{Line: line, data: text}}
	}
	var out []Document
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		before := decoder.InputOffset()
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			// It may still be YAML in flow style, or else the error of the YAML parser names the line.
			return append(out, Document{
				Line: line + bytes.Count(text[:before], []byte("\n")), Offset: int(before), data: text[before:],
			})
		}
		begin := int(decoder.InputOffset()) - len(raw)
		out = append(out, Document{
			Line: line + bytes.Count(text[:begin], []byte("\n")), Offset: begin, data: raw, json: true,
		})
	}
}

// isBlank tells whether a text holds nothing but comments and YAML directives.
func isBlank(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return false
		}
	}
	return true
}

// Text is the document as it stands in the file.
func (d *Document) Text() []byte { return d.data }

// JSON returns the document as JSON. The error names the line within the file.
func (d *Document) JSON() ([]byte, error) {
	if d.json {
		return d.data, nil
	}
	out, err := yaml.YAMLToJSONStrict(d.data)
	if err != nil {
		return nil, fmt.Errorf("%s", d.linesOfFile(err.Error()))
	}
	return out, nil
}

// linesOfFile rewrites the message of the YAML parser, which counts lines from the beginning of the document.
func (d *Document) linesOfFile(message string) string {
	return regexp.MustCompile(`\bline (\d+)`).ReplaceAllStringFunc(message, func(match string) string {
		n, err := strconv.Atoi(match[len("line "):])
		if err != nil {
			return match
		}
		return "line " + strconv.Itoa(n+d.Line-1)
	})
}
