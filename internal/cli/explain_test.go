package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/testing/golden"
)

// attack is a small cluster in which one workload leads to another.
var attack = filepath.Join("testdata", "attack")

func TestGoldenExplain(t *testing.T) {
	for name, args := range map[string][]string{
		"escapes": {"replicaset/cart", "-n", "shop"}, "debugger": {"pod/debugger", "-n", "tools"}, "data": {"sts/cart", "-n", "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{outputTable, outputJSON} {
				got := run(t, "", append([]string{"explain", "-f", attack, "-o", format}, args...)...)
				if want := "Note: " + ordinaryCluster + "\n"; got.code != exitClean || got.err != want {
					t.Errorf("exit code %d: %s", got.code, got.err)
				}
				golden.Compare(t, filepath.Join("testdata", "explain."+name+"."+format+".golden"), got.out)
			}
		})
	}
}

func TestAnExplanationFitsOnAScreen(t *testing.T) {
	for _, workload := range []string{"rs/cart", "sts/cart", "operator", "debugger"} {
		got := run(t, "", "explain", workload, "-A", "-f", attack)
		if lines := strings.Count(got.out, "\n"); lines < 20 || lines > 55 {
			t.Errorf("%s takes %d lines", workload, lines)
		}
		for line := range strings.Lines(got.out) {
			if width := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width > 80 || strings.HasSuffix(line, " \n") {
				t.Errorf("%s: %d columns: %q", workload, width, line)
			}
		}
	}
}

func explainJSON(t *testing.T, args ...string) report.Explanation {
	t.Helper()
	got := run(t, "", append([]string{"explain", "-f", attack, "-o", "json"}, args...)...)
	if got.code != exitClean {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	var e report.Explanation
	decoder := json.NewDecoder(strings.NewReader(got.out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnExplanationCountsExactly(t *testing.T) {
	e := explainJSON(t, "rs/cart", "-n", "shop")
	want := &report.Counts{Pods: 2, Nodes: 2, Namespaces: 2, Secrets: 1}
	if diff := cmp.Diff([]*report.Counts{want, want}, []*report.Counts{e.Certain, e.Possible}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(e.Answers) != len(finding.Questions()) || e.Answers[0].Question != finding.BecomeClusterAdmin || len(e.Answers[0].Path) != 3 {
		t.Errorf("answers: %+v", e.Answers)
	}
}

func TestAnExplanationInYAMLSaysWhatJSONSays(t *testing.T) {
	args := []string{"explain", "rs/cart", "-n", "shop", "-f", attack, "-o"}
	asJSON, asYAML := run(t, "", append(args, outputJSON)...), run(t, "", append(args, outputYAML)...)
	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	for text, into := range map[string]*any{asJSON.out: &a, string(converted): &b} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-json +yaml):\n%s", diff)
	}
}

func TestAWorkloadIsFoundByTheNamesOfItsKind(t *testing.T) {
	for args, want := range map[string]string{
		"rs/cart -n shop":               "ReplicaSet cart",
		"ReplicaSet/cart -n shop":       "ReplicaSet cart",
		"replicasets.apps/cart -n shop": "ReplicaSet cart",
		"StatefulSet.apps/cart -n shop": "StatefulSet cart",
		"sts/cart -A":                   "StatefulSet cart",
		"pod/operator -n tools":         "Pod operator",
		"operator -A":                   "Pod operator",
		"po/cart-x7k2p -n shop":         "ReplicaSet cart",
		"cart-x7k2p -A":                 "ReplicaSet cart",
	} {
		ref := explainJSON(t, strings.Fields(args)...).Report.Spec.WorkloadRef
		if got := ref.Kind + " " + ref.Name; got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

func TestAWorkloadThatIsNotMeantClearlyIsAnError(t *testing.T) {
	for args, want := range map[string]string{
		"":                         "name one workload, such as deployment/cart; 0 are given",
		"a b":                      "name one workload, such as deployment/cart; 2 are given",
		"cart -n shop":             "cart is the name of several workloads: ReplicaSet.apps shop/cart, StatefulSet.apps shop/cart; write kind and namespace",
		"deploy/cart -n shop":      "no workload deploy/cart in namespace shop; near: ReplicaSet.apps shop/cart, StatefulSet.apps shop/cart",
		"rs/crat -n shop":          "no workload rs/crat in namespace shop; near: ReplicaSet.apps shop/cart, StatefulSet.apps shop/cart",
		"operator":                 "no workload operator in namespace default; near: Pod tools/operator",
		"replicaset.batch/cart -A": "no workload replicaset.batch/cart in any namespace; near: ",
		"zzzzzzzz -A":              "no workload zzzzzzzz in any namespace\n",
		"rs/":                      `"rs/" is no workload: write it as deployment/cart, deployment.apps/cart or cart`,
		"/cart":                    `"/cart" is no workload`,
		"rs./cart":                 `"rs./cart" is no workload`,
		"rs/cart/x":                `"rs/cart/x" is no workload`,
		"rs/cart -n shop -o wide":  `--output "wide": must be one of table, json, yaml`,
	} {
		got := run(t, "", append([]string{"explain", "-f", attack}, strings.Fields(args)...)...)
		if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: "+want) {
			t.Errorf("%s: exit code %d, output %q, errors %q", args, got.code, got.out, got.err)
		}
	}
}

func TestAnExcludedNamespaceIsExplainedAllTheSame(t *testing.T) {
	got := run(t, "", "explain", "operator", "-n", "tools", "-f", attack, "--config", "testdata/without-tools.yaml")
	if got.code != exitClean || !strings.Contains(got.err, "The configuration leaves the namespace tools out") || got.out == "" {
		t.Errorf("%+v", got)
	}
}

func TestAnExplanationOfBrokenFilesIsAnErrorWithAResult(t *testing.T) {
	got := run(t, "", "explain", "operator", "-n", "tools", "-f", attack, "-f", "testdata/broken.yaml")
	if got.code != exitError || !strings.Contains(got.out, "Pod tools/operator") || !strings.Contains(got.err, "; errors: 1\n") {
		t.Errorf("%+v", got)
	}
}

// hostile holds names that would move the cursor of a terminal, end a label or start a tag.
const hostile = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\e[2J\\\"]; x --> y <b>\", namespace: \"n\\u202e\"}\n" +
	"spec: {nodeName: \"w\\e[1m\", containers: [{name: \"c\\e[0m\", image: a, securityContext: {privileged: true}}]}\n"

func TestHostileNamesDoNoHarm(t *testing.T) {
	const name = "pod/a\x1b[2J\"]; x --> y <b>"
	for want, args := range map[string][]string{
		`Workload  Pod n\u202e/a\x1b[2J"]; x --> y <b> (v1)`:                 {"explain", name, "-A"},
		`label="Pod n\\u202e/a\\x1b[2J\"]; x --> y <b>"`:                     {"graph", name, "-A"},
		`["Pod n#92;u202e/a#92;x1b#91;2J#34;#93;#59; x --#62; y #60;b#62;"]`: {"graph", name, "-A", "-o", "mermaid"},
		`1. root on Node w\x1b[1m, by TakeNode`:                              {"reach", "--to", "node/w\x1b[1m"},
		"Error: no workload b\\x1b in any namespace\n":                       {"explain", "b\x1b", "-A"},
	} {
		got := run(t, hostile, append(args, "-f", "-")...)
		if !strings.Contains(got.out+got.err, want) || strings.ContainsAny(got.out+got.err, "\x1b\u202e") {
			t.Errorf("%q: %q", args, got.out+got.err)
		}
	}
}

func TestWorkloadsAreCompleted(t *testing.T) {
	for args, want := range map[string]string{
		"explain -n shop -f testdata/attack ":            "replicaset/cart\nstatefulset/cart\n:4\n",
		"graph -A -f testdata/attack ":                   "replicaset/cart\nstatefulset/cart\npod/debugger\npod/operator\n:4\n",
		"graph a -f testdata/attack ":                    ":4\n",
		"graph --to ":                                    "cluster-admin\nnode/\nsecret/\n:4\n",
		"explain --server https://127.0.0.1:1 rollout/":  ":4\n",
		"explain --server https://127.0.0.1:1 ":          "pod/\nreplicationcontroller/\ndaemonset/\ndeployment/\nreplicaset/\nstatefulset/\ncronjob/\njob/\n:6\n",
		"explain --server https://127.0.0.1:1 deploy/":   ":1\n",
		"explain --server https://127.0.0.1:1 -o ":       "table\njson\nyaml\n:4\n",
		"graph --server https://127.0.0.1:1 --output=js": "dot\nmermaid\njson\n:4\n",
	} {
		line := strings.Split(args, " ")
		if got := run(t, "", append([]string{"__complete"}, line...)...); got.out != want {
			t.Errorf("%s: %q, want %q", args, got.out, want)
		}
	}
}
