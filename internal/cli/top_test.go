package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

const reportsPath = "/apis/daysix.dev/v1alpha1/podsecurityreports"

func TestGoldenTop(t *testing.T) {
	for name, args := range map[string][]string{"all": nil, "day": {"--since", "24h"}, "week": {"--since", "7d"}} {
		for _, format := range tableOutputs() {
			got := runAt(t, newTopCommand, "", append([]string{"-f", filepath.Join("testdata", "top.json"), "-o", format}, args...)...)
			if got.code != exitClean || got.err != "" {
				t.Errorf("exit code %d: %s", got.code, got.err)
			}
			golden.Compare(t, filepath.Join("testdata", "top."+name+"."+format+".golden"), got.out)
			if format == outputTable {
				fits(t, got.out)
			}
		}
	}
}

func TestTopOfACluster(t *testing.T) {
	const list = `{"items":[{"metadata":{"name":"pod-a","namespace":"shop","creationTimestamp":"2026-11-24T11:00:00Z"},
		"spec":{"workloadRef":{"apiVersion":"v1","kind":"Pod","name":"a"}},"status":{"score":40,"severity":"Medium","priority":"P3"}}]}`
	const table = "PRIO  SCORE  SEVERITY  NAMESPACE  WORKLOAD  "
	server := serving(t, map[string]string{
		reportsPath: list, "/apis/daysix.dev/v1alpha1/namespaces/shop/podsecurityreports": list,
		"/apis/daysix.dev/v1alpha1/namespaces/empty/podsecurityreports": `{"items":[]}`, "/apis/daysix.dev/v1alpha1/namespaces/closed/podsecurityreports": "",
	})
	for _, test := range []struct {
		name string
		args []string
		want outcome
	}{
		{"a namespace", []string{"-n", "shop"}, outcome{exitClean, table + "WORST\nP3    40     Medium    shop       Pod/a     -\n", ""}},
		{"all of them", []string{"-A", "--since", "90m"}, outcome{exitClean, table + "NEW\nP3    40     Medium    shop       Pod/a     workload\n", ""}},
		{"nothing new", []string{"-A", "--since", "30m"}, outcome{exitClean, "", "Note: Nothing became new or worse within 30m.\n"}},
		{"nothing at all", []string{"-n", "empty"}, outcome{exitClean, "", "Note: No reports found.\n"}},
		{"what must not be read", []string{"-n", "closed"}, outcome{exitError, "", "Error: listing podsecurityreports: they are secret\n"}},
		{"a time that is none", []string{"--since", "yesterday"}, outcome{exitError, "", "Error: --since \"yesterday\": must be a time such as 90m, 24h or 7d\n"}},
		{"a time to come", []string{"--since", "-1d"}, outcome{exitError, "", "Error: --since \"-1d\": must be a time such as 90m, 24h or 7d\n"}},
	} {
		if got := runAt(t, newTopCommand, "", append(test.args, "--server", server)...); got != test.want {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	got := runAt(t, newTopCommand, "", "-A", "--server", serving(t, nil))
	if got.code != exitError || !strings.Contains(got.err, "Daysix is not installed there; kubectl daysix scan needs no installation") {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

func TestTopOfWhatAreNoReports(t *testing.T) {
	for stdin, want := range map[string]string{
		``:               "Error: stdin: no PodSecurityReports, and no List of them\n",
		`{"kind":"Pod"}`: `Error: stdin: document 1: kind "Pod": PodSecurityReports are wanted, as kubectl daysix scan -o json writes them` + "\n",
		`{"kind":"List","items":[{"kind":"Pod"}]}`:      `Error: stdin: document 1: items[0]: kind "Pod": PodSecurityReports are wanted, as kubectl daysix scan -o json writes them` + "\n",
		`{"kind":"PodSecurityReportList","items":[{}]}`: "Error: stdin: document 1: items[0]: : spec.workloadRef.name: required, but not given\n",
	} {
		if got := runAt(t, newTopCommand, stdin, "-f", "-"); got.code != exitError || got.err != want {
			t.Errorf("%s: exit code %d: %q", stdin, got.code, got.err)
		}
	}
}

func TestTopLimits(t *testing.T) {
	got := runAt(t, newTopCommand, "", "-f", filepath.Join("testdata", "top.json"), "--limit", "1")
	if strings.Count(got.out, "\n") != 2 || got.err != "Note: Workloads that are not listed: 3.\n" {
		t.Errorf("%s%s", got.out, got.err)
	}
}

func TestEscapeSequencesOfReportsDoNotReachTheTerminal(t *testing.T) {
	const hostile = `{"kind":"PodSecurityReport","metadata":{"namespace":"\u202egnp"},"spec":{"workloadRef":{"kind":"Pod","name":"a\u001b[2J"}},` +
		`"status":{"severity":"\u0007","priority":"\r","findings":[{"check":"\u001b[2J","severity":"High","field":"\r"}]}}`
	for _, format := range []string{outputTable, outputWide} {
		top := runAt(t, newTopCommand, hostile, "-f", "-", "-o", format)
		diff := run(t, hostile, "diff", filepath.Join("testdata", "top.json"), "-", "-o", format)
		for _, got := range []outcome{top, diff} {
			if got.code != exitClean || strings.ContainsAny(got.out+got.err, "\x1b\x07\r\u202e") || !strings.Contains(got.out, `Pod/a\x1b[2J`) {
				t.Errorf("exit code %d: %q %q", got.code, got.out, got.err)
			}
		}
	}
}
