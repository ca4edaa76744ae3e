package posture

import (
	"cmp"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/testing/golden"
)

// Every check comes with a manifest that passes and one that fails, each with the exact list of findings beside it.
func TestGoldenManifests(t *testing.T) {
	engine := NewEngine()
	var want []string
	for _, check := range engine.Checks() {
		for _, verdict := range []string{"pass", "fail"} {
			base := filepath.Join("testdata", string(check.ID), verdict)
			want = append(want, base+".yaml", base+".golden")
			t.Run(string(check.ID)+" "+verdict, func(t *testing.T) {
				found := engine.Assess(readPod(t, base+".yaml"))
				golden.Compare(t, base+".golden", render(found))
				own := slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Check == check.ID })
				if own != (verdict == "fail") {
					t.Errorf("%s: the check finds something: %v", base, own)
				}
			})
		}
	}
	assertSameFiles(t, "testdata/[A-Z]*/*", want)
}

// A fix makes its own check silent and never makes the pod worse.
func TestFixRemovesTheFinding(t *testing.T) {
	engine := NewEngine()
	for _, check := range engine.Checks() {
		if check.Fix == nil {
			continue
		}
		t.Run(string(check.ID), func(t *testing.T) {
			before := readPod(t, filepath.Join("testdata", string(check.ID), "fail.yaml"))
			spec := before.Spec.DeepCopy()
			check.Fix(spec)
			for _, f := range engine.Assess(NewPod(spec, before.Unobserved())) {
				if f.Check == check.ID {
					t.Errorf("still found after the fix: %s", line(f))
				}
			}
		})
	}
}

func TestEveryCheckIsComplete(t *testing.T) {
	seen := map[finding.CheckID]bool{}
	var files []string
	for _, check := range Registry() {
		if seen[check.ID] {
			t.Errorf("%s is registered twice", check.ID)
		}
		seen[check.ID] = true
		if check.Title == "" || len(check.Catalogue) == 0 || check.Worst == "" || check.Find == nil {
			t.Errorf("%s lacks a title, a catalogue row, a consequence or its function", check.ID)
		}
		if (check.Fix == nil) != (check.Breaks == "") {
			t.Errorf("%s: a fix says what it may break, and nothing else does: %q", check.ID, check.Breaks)
		}
		file, _ := runtime.FuncForPC(reflect.ValueOf(check.Find).Pointer()).FileLine(0)
		files = append(files, filepath.Base(file))
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "checks", string(check.ID)+".md"))
		if err != nil {
			t.Errorf("%s has no page: %v", check.ID, err)
			continue
		}
		for _, part := range []string{
			"# " + string(check.ID) + "\n", "| Finds | " + check.Title + " |",
			"| Catalogue | " + strings.Join(check.Catalogue, ", ") + " |", "| Worst consequence | " + string(check.Worst) + " |",
			"| Refused by Pod Security | " + cmp.Or(check.PodSecurity, "no level") + " |",
			"## What it looks at", "## Why it matters", "## What to change", "## Sources",
		} {
			if !strings.Contains(string(page), part) {
				t.Errorf("docs/checks/%s.md lacks %q", check.ID, part)
			}
		}
	}
	slices.Sort(files)
	onDisk, _ := filepath.Glob("check_*.go")
	onDisk = slices.DeleteFunc(onDisk, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if diff := gocmp.Diff(onDisk, slices.Compact(files)); diff != "" {
		t.Errorf("check files and registry differ (-files +registry):\n%s", diff)
	}
	for _, name := range onDisk {
		if _, err := os.Stat(strings.TrimSuffix(name, ".go") + "_test.go"); err != nil {
			t.Errorf("%s has no test beside it", name)
		}
	}
}

// fixture is a manifest of testdata: a pod, with the facts around it where a check reads them.
type fixture struct {
	corev1.Pod
	Facts Facts `json:"facts"`
}

func readPod(t *testing.T, path string) *Pod {
	t.Helper()
	spec, facts, err := decodePod(readFile(t, path))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return NewPod(spec, facts)
}

func readFile(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func decodePod(manifest []byte) (*corev1.PodSpec, Facts, error) {
	var f fixture
	if err := yaml.UnmarshalStrict(manifest, &f); err != nil {
		return nil, Facts{}, err
	}
	f.Facts.Namespace, f.Facts.Annotations = f.Namespace, f.Annotations
	f.Facts.Users = snapshot.Users(&f.Status)
	return &f.Spec, f.Facts, nil
}

func render(found []finding.Finding) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(line(f) + "\n")
	}
	return b.String()
}

func line(f finding.Finding) string {
	text := string(f.Severity()) + " " + string(f.Check) + " " + string(f.Consequence) + " " + f.Field + "=" + f.Value
	if f.Container != "" {
		text += " (" + f.Container + ")"
	}
	if f.Condition != "" {
		text += " if: " + f.Condition
	}
	return text
}

func assertSameFiles(t *testing.T, pattern string, want []string) {
	t.Helper()
	got, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("files under testdata differ (-wanted +there):\n%s", diff)
	}
}
