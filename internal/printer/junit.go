package printer

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// What CI systems read of JUnit's XML. Source: the schema of Apache Maven Surefire,
// https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Failure   *junitFailure `xml:"failure,omitempty"`
		Skipped   *junitSkipped `xml:"skipped,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes one suite for each workload and one case for each finding, which fails where it has the given severity or a
// worse one, and is skipped where an exception accepts it. A workload without findings has one case, which passes.
func JUnit(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport, failOn finding.Severity) error {
	all := junitSuites{Name: "daysix"}
	for _, r := range listOf(reports).Items {
		suite := suiteOf(r, failOn)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	out, err := xml.MarshalIndent(all, "", "  ")
	if err == nil {
		_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	}
	if err != nil {
		return fmt.Errorf("writing JUnit's XML: %w", err)
	}
	return nil
}

func suiteOf(r *daysixv1alpha1.PodSecurityReport, failOn finding.Severity) junitSuite {
	ref := &r.Spec.WorkloadRef
	suite := junitSuite{Name: Plain(r.Namespace + "/" + ref.Kind + "/" + ref.Name)}
	class := Plain(strings.Join([]string{r.Namespace, ref.Kind, ref.Name}, "."))
	for i := range r.Status.Findings {
		f := &r.Status.Findings[i]
		c := junitCase{Name: caseName(f), ClassName: class}
		switch {
		case rankOf(f.Severity) < failOn.Rank():
		case f.AcceptedBy != "":
			c.Skipped = &junitSkipped{"Accepted by " + Plain(f.AcceptedBy) + "."}
			suite.Skipped++
		default:
			c.Failure = &junitFailure{
				Message: Plain(string(f.Severity) + ": " + f.Message), Type: Plain(f.Check),
				Text: messageOf(r, f) + "\n" + Plain(f.Remediation),
			}
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: "nothing found", ClassName: class}}
	}
	suite.Tests = len(suite.Cases)
	return suite
}

// caseName is the same in every run, so that a CI system can tell what is new.
func caseName(f *daysixv1alpha1.Finding) string {
	name := f.Check
	if place := cmp.Or(f.Field, f.Container); place != "" {
		name += " " + place
	}
	if f.Value != "" {
		name += ": " + f.Value
	}
	return Plain(name)
}
