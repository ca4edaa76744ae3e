package printer

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

func reportOf(namespace, kind, name string, score int32, severity string) *daysixv1alpha1.PodSecurityReport {
	r := &daysixv1alpha1.PodSecurityReport{}
	r.Namespace = namespace
	r.Spec.WorkloadRef = daysixv1alpha1.WorkloadReference{Kind: kind, Name: name}
	r.Status.Score, r.Status.Severity, r.Status.Reach = score, daysixv1alpha1.Severity(severity), "Pod"
	return r
}

func TestTable(t *testing.T) {
	high := reportOf("shop", "Deployment", "cart", 77, "High")
	high.Status.Findings, high.Status.FindingsTruncated = make([]daysixv1alpha1.Finding, 2), 3
	high.Status.TopFix = &daysixv1alpha1.TopFix{Check: "PrivilegedContainer", ScoreAfter: 12}
	reports := []*daysixv1alpha1.PodSecurityReport{
		reportOf("b", "Pod", "y", 5, "Minimal"), reportOf("a", "Pod", "x", 5, "Minimal"), high, reportOf("a", "Job", "x", 5, "Medium"),
	}
	const want = `NAMESPACE  WORKLOAD         SCORE  SEVERITY  REACH  TOP FIX
shop       Deployment/cart  77     High      Pod    PrivilegedContainer -> 12
a          Job/x            5      Medium    Pod    -
a          Pod/x            5      Minimal   Pod    -
b          Pod/y            5      Minimal   Pod    -
`
	var plain, coloured bytes.Buffer
	if err := Table(&plain, reports, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, plain.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := Table(&coloured, reports, true); err != nil {
		t.Fatal(err)
	}
	withColours := strings.NewReplacer("High ", "\x1b[31mHigh\x1b[0m ", "Medium ", "\x1b[33mMedium\x1b[0m ").Replace(want)
	if diff := cmp.Diff(withColours, coloured.String()); diff != "" {
		t.Errorf("coloured (-want +got):\n%s", diff)
	}
}

func TestNamesOfFixesAreCutAndScoresStay(t *testing.T) {
	long := reportOf("shop", "Deployment", "a-name-of-a-workload", 77, "High")
	long.Status.TopFix = &daysixv1alpha1.TopFix{Check: "NetworkReachesOtherNamespaces", ScoreAfter: 12}
	short := reportOf("shop", "Pod", "x", 5, "Minimal")
	short.Status.Findings, short.Status.TopFix = make([]daysixv1alpha1.Finding, 2), &daysixv1alpha1.TopFix{Check: "HostPID", ScoreAfter: 3}
	for want, reports := range map[string][]*daysixv1alpha1.PodSecurityReport{
		`NAMESPACE  WORKLOAD                         SCORE  SEVERITY  REACH  TOP FIX
shop       Deployment/a-name-of-a-workload  77     High      Pod    NetworkRe… -> 12
shop       Pod/x                            5      Minimal   Pod    HostPID -> 3
`: {long, short},
		`NAMESPACE  WORKLOAD  SCORE  SEVERITY  REACH  FINDINGS  TOP FIX
shop       Pod/x     5      Minimal   Pod    2         HostPID -> 3
`: {short},
	} {
		var out bytes.Buffer
		if err := Table(&out, reports, false); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"text stays", "cart-7 ü 日本", "cart-7 ü 日本"},
		{"an escape sequence is spelled out", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"a line stays a line", "a\nb\rc\td", `a\nb\rc\td`},
		{"the direction of writing stays", "a\u202eb\u2066c", `a\u202eb\u2066c`},
		{"control characters of the upper half", "a\u009bb", `a\u009bb`},
		{"bytes that are no text", "a\xff\x9bb", `a\xff\x9bb`},
		{"what cannot be seen", "a\u200bb\u00adc", `a\u200bb\u00adc`},
		{"letters and marks that have no shape", "a\u3164\u2800b\ufe0f\u034f", `a\u3164\u2800b\ufe0f\u034f`},
		{"marks of a language stay", "e\u0323\u0302 ก\u0e35\u0e48", "e\u0323\u0302 ก\u0e35\u0e48"},
		{"a tower of marks does not", "a" + strings.Repeat("\u0301", 6), "a\u0301\u0301\u0301\u0301" + `\u0301` + "\u0301"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Plain(test.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
