package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

func TestGoldenDiff(t *testing.T) {
	old, fresh := filepath.Join("testdata", "diff.old.json"), filepath.Join("testdata", "top.json")
	for _, format := range tableOutputs() {
		got := run(t, "", "diff", old, fresh, "-o", format)
		if got.code != exitClean || got.err != "Note: Reports that leave findings out, which may seem new or gone: 1.\n" {
			t.Errorf("exit code %d: %s", got.code, got.err)
		}
		golden.Compare(t, filepath.Join("testdata", "diff."+format+".golden"), got.out)
		if format == outputTable {
			fits(t, got.out)
		}
	}
}

func TestDiffFailsOn(t *testing.T) {
	old, fresh := filepath.Join("testdata", "diff.old.json"), filepath.Join("testdata", "top.json")
	for name, test := range map[string]struct {
		args []string
		want outcome
	}{
		"worse":               {[]string{old, fresh, "--fail-on", "worse"}, outcome{exitFound, "", "Note: 2 workloads became worse.\n"}},
		"new":                 {[]string{old, fresh, "--fail-on", "new"}, outcome{exitFound, "", "Note: 2 workloads became worse, 1 workloads are new, 4 findings are new.\n"}},
		"nothing":             {[]string{fresh, fresh, "--fail-on", "new"}, outcome{exitClean, "", ""}},
		"another word":        {[]string{old, fresh, "--fail-on", "better"}, outcome{exitError, "", "Error: --fail-on \"better\": must be one of new, worse\n"}},
		"no file":             {nil, outcome{exitError, "", "Error: name one or two files of reports; 0 are given\n"}},
		"the same input":      {[]string{"-", "-"}, outcome{exitError, "", "Error: the standard input cannot be both audits\n"}},
		"a file that is none": {[]string{"none.json", fresh}, outcome{exitError, "", "Error: reading none.json: open none.json: no such file or directory\n"}},
	} {
		got := run(t, "", append([]string{"diff"}, test.args...)...)
		if got.code != test.want.code || !strings.HasSuffix(got.err, test.want.err) {
			t.Errorf("%s: exit code %d: %s", name, got.code, got.err)
		}
	}
}

func TestAnAuditDiffersFromItselfInNothing(t *testing.T) {
	scan := run(t, "", "scan", "-f", filepath.Join("testdata", "shop"), "-o", "yaml")
	file := filepath.Join("testdata", "shop.json.golden")
	got := run(t, scan.out, "diff", file, "-", "--fail-on", "new")
	const want = "Workloads: 0 new, 0 gone, 0 worse, 0 better\nFindings:  0 new, 0 gone, 0 worse, 0 better\n"
	if got.code != exitClean || got.out != want || got.err != "" {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
}

func TestDiffWithTheLiveCluster(t *testing.T) {
	url := refusing(t)
	scan := run(t, "", "scan", "--server", url, "-A", "-o", "json")
	got := run(t, scan.out, "diff", "-", "--server", url, "-A", "--fail-on", "new")
	if got.code != exitClean || !strings.HasPrefix(got.out, "Workloads: 0 new, 0 gone") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	got = run(t, `{"kind":"List","items":[]}`, "diff", "-", "--server", url, "-n", "shop", "--fail-on", "new")
	if got.code != exitFound || !strings.Contains(got.out, "New     shop") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
}
