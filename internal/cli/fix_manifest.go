package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/loader"
)

// edit puts an object in the place of one in a file.
type edit struct {
	loader.Origin

	target map[string]any
}

// byteOrderMark may stand before the first document; offsets count behind it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// writeManifests writes the files that hold what is changed, each whole: what is not changed stays as it is, byte by byte.
// Where it is several files, each begins with its name. Without a change, the file of the workload is written as it is.
func (f *fixer) writeManifests() error {
	files := make(map[string][]edit)
	var names []string
	add := func(place *loader.Origin) {
		if !slices.Contains(names, place.File) {
			names = append(names, place.File)
		}
	}
	if f.objects.place != nil {
		add(f.objects.place)
	}
	for _, e := range f.edits {
		add(&e.Origin)
		files[e.File] = append(files[e.File], e)
	}
	var out bytes.Buffer
	for i, name := range names {
		if len(names) > 1 {
			fmt.Fprintf(&out, "---\n# Source: %s\n", name)
		}
		text, err := f.edited(name, files[name])
		if err != nil {
			return err
		}
		if i == 0 && f.network {
			if text, err = f.withPolicy(text); err != nil {
				return err
			}
		}
		out.Write(text)
	}
	if _, err := f.options.Out.Write(out.Bytes()); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

// edited is the text of a file with edits made, from the last document to the first.
func (f *fixer) edited(name string, edits []edit) ([]byte, error) {
	if len(edits) == 0 {
		return bytes.Clone(f.objects.place.Text), nil
	}
	text := edits[0].Text
	start := len(text) - len(bytes.TrimPrefix(text, byteOrderMark))
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(b.Document.Offset, a.Document.Offset) })
	for len(edits) > 0 {
		document := &edits[0].Document
		from, to := start+document.Offset, start+document.Offset+len(document.Text())
		fresh := document.Text()
		for len(edits) > 0 && edits[0].Document.Offset == from-start {
			var err error
			if fresh, err = fix.Document(fresh, edits[0].Path, edits[0].target); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			edits = edits[1:]
		}
		if from > start && text[from-1] != '\n' && text[from] == ' ' { // It begins on the line of the marker.
			fresh = append([]byte(" "), fresh...)
		}
		if text[to-1] == '\n' {
			fresh = append(bytes.TrimRight(fresh, "\n"), '\n')
		} else {
			fresh = bytes.TrimRight(fresh, "\n")
		}
		text = slices.Concat(text[:from], fresh, text[to:])
	}
	return text, nil
}

// withPolicy puts the NetworkPolicy behind the workload.
func (f *fixer) withPolicy(text []byte) ([]byte, error) {
	policy, err := yaml.Marshal(f.result.Objects[len(f.result.Objects)-1])
	if err != nil {
		return nil, fmt.Errorf("writing a NetworkPolicy: %w", err)
	}
	return slices.Concat(bytes.TrimRight(text, "\n"), []byte("\n---\n"), policy), nil
}
