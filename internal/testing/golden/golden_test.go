package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that goes on after it failed.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestPagesDiffer(t *testing.T) {
	tests := map[string]struct {
		pages map[string]string
		want  string
	}{
		"nothing is amiss":               {map[string]string{"a.md": "A", "b.md": "B"}, ""},
		"a text is another":              {map[string]string{"a.md": "A", "b.md": "C"}, "b.md differs"},
		"a file belongs to nothing more": {map[string]string{"a.md": "A"}, "files of"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, text := range map[string]string{"a.md": "A", "b.md": "B"} {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := &recorder{TB: t}
			Pages(r, folder, test.pages)
			said := strings.Join(r.failures, "\n")
			if (said == "") != (test.want == "") || !strings.Contains(said, test.want) {
				t.Errorf("said %q, want %q", said, test.want)
			}
		})
	}
}
