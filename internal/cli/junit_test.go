package cli

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// element is any element of XML.
type element struct {
	XMLName    xml.Name
	Attributes []xml.Attr `xml:",any,attr"`
	Children   []element  `xml:",any"`
	Text       string     `xml:",chardata"`
}

func (e *element) attribute(name string) string {
	for _, a := range e.Attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// junitShape is what CI systems agree on: which attributes an element must have, and what it may hold.
var junitShape = map[string]struct{ attributes, children []string }{
	"testsuites": {[]string{"name", "tests", "failures", "skipped", "errors"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "skipped", "errors"}, []string{"testcase"}},
	"testcase":   {[]string{"name", "classname"}, []string{"failure", "skipped"}},
	"failure":    {[]string{"message", "type"}, nil},
	"skipped":    {[]string{"message"}, nil},
}

// checkShape holds an element against the shape, and returns how many cases, failures and skipped ones are in it.
func checkShape(t *testing.T, e *element) (counts [3]int) {
	t.Helper()
	shape, ok := junitShape[e.XMLName.Local]
	if !ok {
		t.Fatalf("an element %q", e.XMLName.Local)
	}
	var names []string
	for _, a := range e.Attributes {
		names = append(names, a.Name.Local)
	}
	if !slices.Equal(names, shape.attributes) {
		t.Errorf("%s has the attributes %v, want %v", e.XMLName.Local, names, shape.attributes)
	}
	if i := slices.Index([]string{"testcase", "failure", "skipped"}, e.XMLName.Local); i >= 0 {
		counts[i] = 1
	}
	if len(e.Children) > 1 && e.XMLName.Local == "testcase" {
		t.Errorf("a case with %d outcomes", len(e.Children))
	}
	for i := range e.Children {
		child := &e.Children[i]
		if !slices.Contains(shape.children, child.XMLName.Local) {
			t.Errorf("a %s in a %s", child.XMLName.Local, e.XMLName.Local)
		}
		for j, n := range checkShape(t, child) {
			counts[j] += n
		}
	}
	if strings.HasPrefix(e.XMLName.Local, "testsuite") {
		for i, name := range []string{"tests", "failures", "skipped"} {
			if e.attribute(name) != strconv.Itoa(counts[i]) {
				t.Errorf("%s %s: %s=%q, want %d", e.XMLName.Local, e.attribute("name"), name, e.attribute(name), counts[i])
			}
		}
	}
	return counts
}

func scanJUnit(t *testing.T, wantCode int, stdin string, args ...string) (root element, counts [3]int) {
	t.Helper()
	got := run(t, stdin, append([]string{"scan", "-o", "junit"}, args...)...)
	if got.code != wantCode {
		t.Fatalf("exit code %d, want %d: %s", got.code, wantCode, got.err)
	}
	decoder := xml.NewDecoder(strings.NewReader(got.out))
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	if rest := got.out[decoder.InputOffset():]; rest != "\n" {
		t.Errorf("more behind the root: %q", rest)
	}
	return root, checkShape(t, &root)
}

func TestJUnitFailsWhatFailOnAsksFor(t *testing.T) {
	for _, test := range []struct {
		failOn   string
		code     int
		failures int
	}{
		{"", exitClean, 2}, {"Critical", exitClean, 0}, {"High", exitFound, 1}, {"medium", exitFound, 2}, {"Low", exitFound, 10},
	} {
		t.Run("fail on "+test.failOn, func(t *testing.T) {
			args := []string{"-f", "testdata/shop"}
			if test.failOn != "" {
				args = append(args, "--fail-on", test.failOn)
			}
			root, counts := scanJUnit(t, test.code, "", args...)
			if counts != [3]int{41, test.failures, 0} || len(root.Children) != 4 {
				t.Errorf("%d suites, cases, failures and skipped: %v", len(root.Children), counts)
			}
		})
	}
}

func TestJUnitHoldsHostileNamesAsText(t *testing.T) {
	root, _ := scanJUnit(t, exitClean, hostileScan, "-f", "-")
	suite := &root.Children[0]
	if want := `\u202egnp"'&<b>/Deployment/a\x1b[2J</script><script>`; suite.attribute("name") != want {
		t.Errorf("the suite is called %q, want %q", suite.attribute("name"), want)
	}
	for _, c := range suite.Children {
		if strings.HasPrefix(c.attribute("name"), "ImageNotPinned") && !strings.HasSuffix(c.attribute("name"), `x]]>\x00\u0085`) {
			t.Errorf("a case is called %q", c.attribute("name"))
		}
	}
	if root, counts := scanJUnit(t, exitClean, "", "-f", "-"); counts != [3]int{} || len(root.Children) != 0 {
		t.Errorf("of nothing: %v", counts)
	}
}
