package cli

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// Whatever a file holds, no command crashes or says one thing now and another later, and nothing that it prints works on the
// terminal.
func FuzzCommands(f *testing.F) {
	attack, err := os.ReadFile("testdata/attack/cluster.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		hostile, withToken, string(attack),
		"apiVersion: v1\nkind: Pod\nmetadata: {name: a, ownerReferences: [{apiVersion: a/b, kind: \"\\e[2J\", name: \"x\\ny\", uid: u, controller: true}]}\n",
		`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[null]}},7]}`,
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: \"n\\u202e\"}\nspec: {podSelector: {}, egress: [{to: [{ipBlock: {cidr: x}}]}]}\n",
		"apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec: {matchConstraints: {resourceRules: " +
			"[{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods]}]}, validations: [{expression: 'false', message: \"\\e]0;no\\a\"}]}\n---\n" +
			"apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: p}\nspec: {policyName: p, validationActions: [Deny]}\n---\n" + hostile,
		"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\nkind: [*d, *d, *d, *d, *d, *d]\n",
	} {
		f.Add(seed)
	}
	commands := [][]string{
		{"scan", "-f"},
		{"scan", "-o", "yaml", "-f"},
		{"graph", "-f"},
		{"graph", "-o", "mermaid", "-f"},
		{"reach", "create", "pods", "-A", "-f"},
		{"explain", "pod/a", "-A", "-f"},
		{"drain", "-l", "!none", "-f"},
		{"whatif", "--enforce", "restricted", "-A", "--on"},
	}
	f.Fuzz(func(t *testing.T, manifest string) {
		for _, args := range commands {
			first := command(t, manifest, args)
			if second := command(t, manifest, args); first != second {
				t.Fatalf("%v says twice:\n%+v\n%+v", args, first, second)
			}
			if first.code < exitClean || first.code > exitFound {
				t.Errorf("%v: exit code %d", args, first.code)
			}
			for _, r := range first.out + first.err {
				if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%v prints %U: %q %q", args, r, first.out, first.err)
				}
			}
		}
	})
}

func command(t *testing.T, stdin string, args []string) outcome {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	streams.In = strings.NewReader(stdin)
	code := Run(t.Context(), streams, append(append([]string{}, args...), "-", "--kubeconfig", os.DevNull))
	return outcome{code: code, out: out.String(), err: errOut.String()}
}
