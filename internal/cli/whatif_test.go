package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/testing/golden"
	"github.com/daysix/daysix/internal/whatif"
)

func TestGoldenWhatif(t *testing.T) {
	for name, args := range map[string][]string{
		"enforce": {"--enforce", "restricted", "-n", "shop"},
		"all":     {"--enforce", "baseline:latest", "-A", "--delete", "validatingadmissionpolicybinding/shop-no-latest"},
		"policy":  {"-f", filepath.Join("testdata", "whatif")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{outputTable, outputWide, outputJSON} {
				got := run(t, "", append([]string{"whatif", "--on", filepath.Join("testdata", "drain"), "-o", format}, args...)...)
				golden.Compare(t, filepath.Join("testdata", "whatif."+name+"."+format+".golden"), got.out)
				golden.Compare(t, filepath.Join("testdata", "whatif."+name+".notes.golden"), got.err)
				for line := range strings.Lines(got.out) {
					if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); format == outputTable && width > 80 {
						t.Errorf("%d columns: %s", width, line)
					}
				}
			}
		})
	}
}

func TestWhatifInYAMLSaysWhatJSONSays(t *testing.T) {
	args := []string{"whatif", "-f", "testdata/whatif", "--on", "testdata/drain", "-o"}
	asJSON, asYAML := run(t, "", append(args, outputJSON)...), run(t, "", append(args, outputYAML)...)
	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	if err != nil {
		t.Fatal(err)
	}
	var a, b whatif.Result
	for text, into := range map[string]*whatif.Result{asJSON.out: &a, string(converted): &b} {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(a, b); diff != "" || len(a.Worse) == 0 {
		t.Errorf("(-json +yaml):\n%s", diff)
	}
}

func TestExitCodesOfWhatif(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want int
		note string
	}{
		{"something breaks", []string{"--enforce", "restricted", "-n", "data"}, exitFound, "Note: Workloads that would break, or may: 3.\n"},
		{"something may break", []string{"-f", "testdata/whatif-webhook.yaml"}, exitFound, "Note: Workloads that would break, or may: 1.\n"},
		{"nothing breaks", []string{"--enforce", "privileged", "-A"}, exitClean, "Workloads that get better: 1."},
		{"what is applied is there already", []string{"-f", "testdata/drain/cluster.yaml"}, exitClean, "Workloads that get better: 0."},
		{"labels of namespaces", []string{"--enforce", "restricted", "-l", "kubernetes.io/metadata.name=data"}, exitFound, "or may: 3.\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"whatif", "--on", "testdata/drain"}, test.args...)...)
			if got.code != test.want || !strings.Contains(got.err, test.note) {
				t.Errorf("exit code %d, want %d: %s", got.code, test.want, got.err)
			}
		})
	}
}

func TestAChangeThatCannotBeReadIsNotJudged(t *testing.T) {
	got := run(t, "", "whatif", "-f", "testdata/broken-policy.yaml", "--on", "testdata/drain")
	want := "Error: testdata/broken-policy.yaml: document 3: spec.validationActons: unknown field\n" +
		"Error: testdata/broken-policy.yaml: document 1: ValidatingAdmissionPolicy typo: spec.validations[1]: compilation failed: " +
		"ERROR: <input>:1:1: undeclared reference to 'objekt' (in container '') | objekt.spec.hostPID != true\n" +
		"Error: testdata/broken-policy.yaml: document 2: Namespace shop: metadata.labels[pod-security.kubernetes.io/enforce] is " +
		"\"strict\", which must be one of privileged, baseline, restricted\n" +
		"Error: the change cannot be read; errors: 3\n"
	if diff := cmp.Diff(outcome{exitError, "", want}, got, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadUsageOfWhatif(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no change", nil, "say what is changed: --enforce LEVEL, -f PATH or --delete KIND/NAME"},
		{
			"a level",
			[]string{"--enforce", "strict"},
			`--enforce "strict": metadata.labels[pod-security.kubernetes.io/enforce] is "strict", which must be one of privileged, baseline, restricted`,
		},
		{
			"a version",
			[]string{"--enforce", "baseline:1.37"},
			`--enforce "baseline:1.37": metadata.labels[pod-security.kubernetes.io/enforce-version] is "1.37", which must be "latest" or "v1.x"`,
		},
		{"a namespace that is not there", []string{"--enforce", "baseline", "-n", "nix"}, "there is no namespace nix"},
		{"labels that no namespace has", []string{"--enforce", "baseline", "-l", "a=b"}, `--selector "a=b": no namespace has these labels`},
		{"labels and a namespace", []string{"--enforce", "baseline", "-l", "a=b", "-n", "shop"}, "--selector says which namespaces"},
		{"namespaces without a level", []string{"-f", "testdata/whatif", "-A"}, "--all-namespaces and --selector go with --enforce"},
		{"a kind that is not deleted", []string{"--delete", "pod/a"}, `--delete "pod/a": must be one of mutatingadmissionpolicy/`},
		{"a kind without a name", []string{"--delete", "validatingadmissionpolicy"}, `--delete "validatingadmissionpolicy": must be one of`},
		{"a policy that is not there", []string{"--delete", "validatingadmissionpolicies/x"}, "there is no ValidatingAdmissionPolicy x"},
		{"a binding that is not there", []string{"--delete", "validatingadmissionpolicybinding/no-latest"}, "there is no ValidatingAdmissionPolicyBinding no-latest"},
		{"a file that is not there", []string{"-f", "none.yaml"}, "stat none.yaml: no such file"},
		{"nothing that decides", []string{"-f", "testdata/shop/cart.yaml"}, "nothing in the files decides about pods"},
		{"two standard inputs", []string{"-f", "-", "--on", "-"}, "--filename and --on cannot both be the standard input"},
		{"an argument", []string{"--enforce", "baseline", "policy.yaml"}, `unexpected argument "policy.yaml": name files with -f`},
		{"a format", []string{"--enforce", "baseline", "-o", "html"}, `--output "html": must be one of table, wide, json, yaml`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"whatif", "--on", "testdata/drain"}, test.args...)...)
			if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: "+test.want) {
				t.Errorf("exit code %d, output %q, errors %q", got.code, got.out, got.err)
			}
		})
	}
}

func TestALooseBindingIsTold(t *testing.T) {
	const manifest = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: b}\n" +
		"spec: {policyName: lost, validationActions: [Deny]}\n"
	got := run(t, manifest, "whatif", "-f", "-", "--on", "testdata/drain")
	const want = "Note: stdin: document 1: the ValidatingAdmissionPolicyBinding b is bound to lost, which is not there: it does nothing.\n"
	if got.code != exitClean || !strings.Contains(got.err, want) {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

func TestEscapeSequencesOfAChangeDoNotReachTheTerminal(t *testing.T) {
	const policy = `{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"p\u001b[2J"},"spec":{` +
		`"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}]},` +
		`"validations":[{"expression":"false","message":"no\u0007\u202e"}]}}` +
		`{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"p"},"spec":{` +
		`"policyName":"p\u001b[2J","validationActions":["Deny"]}}`
	for _, format := range []string{outputTable, outputWide} {
		got := run(t, policy, "whatif", "-f", "-", "--on", "testdata/drain", "-o", format)
		if got.code != exitFound || strings.ContainsAny(got.out+got.err, "\x1b\x07\r\u202e") || !strings.Contains(got.out, `p\x1b[2J`) {
			t.Errorf("exit code %d: %q %q", got.code, got.out, got.err)
		}
	}
}

func TestALiveWhatif(t *testing.T) {
	const unchanged = "Note: Workloads that get better: 0. Unchanged: "
	for _, test := range []struct {
		name          string
		args, refused []string
		code          int
		want          string
	}{
		{
			"a level that is not met",
			[]string{"--enforce", "restricted", "-n", "shop"},
			nil, exitFound,
			unchanged + "0 admitted, 0 refused, 0 not known.\nNote: Workloads that would break, or may: 1.\n",
		},
		{"a level that is met", []string{"--enforce", "baseline", "-A"}, nil, exitClean, unchanged + "1 admitted, 0 refused, 0 not known.\n"},
		{"a namespace that is not there", []string{"--enforce", "baseline", "-n", "nix"}, nil, exitError, "Error: there is no namespace nix\n"},
		{
			"namespaces that may not be read",
			[]string{"--enforce", "baseline", "-n", "shop"},
			[]string{"namespaces"},
			exitError,
			"Note: namespaces cannot be read (Forbidden): answers that need them are Unknown.\n" +
				"Error: namespaces cannot be read (Forbidden): what they enforce now is not known\n",
		},
		{
			"pods that may not be read",
			[]string{"-f", "testdata/drain/cluster.yaml"},
			[]string{"pods"},
			exitError,
			"Error: pods cannot be read (Forbidden)\nNote: Kinds of which a change is not judged: 4 Node (v1).\n" + unchanged +
				"0 admitted, 0 refused, 0 not known.\nError: what could not be read is missing in the result; errors: 1\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"whatif", "--server", nodeServer(t, test.refused...), "--cache-dir", t.TempDir()}, test.args...)...)
			if got.code != test.code || !strings.HasSuffix(got.err, test.want) {
				t.Errorf("exit code %d: %s", got.code, got.err)
			}
		})
	}
}

func TestLevelsAreCompleted(t *testing.T) {
	got := run(t, "", "__complete", "whatif", "--enforce", "")
	if diff := cmp.Diff("privileged\nbaseline\nrestricted\n:4\n", got.out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
