package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/golden"
)

// outcome is what a command leaves behind.
type outcome struct {
	code     int
	out, err string
}

// run runs a command as a user without a kubeconfig.
func run(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	streams, in, out, errOut := genericiooptions.NewTestIOStreams()
	in.WriteString(stdin)
	code := Run(t.Context(), streams, args)
	return outcome{code: code, out: out.String(), err: errOut.String()}
}

type reportList struct {
	APIVersion string                             `json:"apiVersion"`
	Kind       string                             `json:"kind"`
	Metadata   map[string]any                     `json:"metadata"`
	Items      []daysixv1alpha1.PodSecurityReport `json:"items"`
}

// scanJSON scans and returns the reports.
func scanJSON(t *testing.T, wantCode int, stdin string, args ...string) (reportList, string) {
	t.Helper()
	got := run(t, stdin, append([]string{"scan", "-o", "json"}, args...)...)
	if got.code != wantCode {
		t.Fatalf("exit code %d, want %d: %s", got.code, wantCode, got.err)
	}
	var list reportList
	decoder := json.NewDecoder(strings.NewReader(got.out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		t.Fatalf("%v in %s", err, got.out)
	}
	return list, got.err
}

func names(list reportList) []string {
	out := []string{}
	for i := range list.Items {
		out = append(out, list.Items[i].Namespace+"/"+list.Items[i].Name)
	}
	return out
}

func TestGoldenOutput(t *testing.T) {
	for _, format := range []string{outputTable, outputJSON, outputYAML, outputSARIF, outputJUnit} {
		got := run(t, "", "scan", "-f", filepath.Join("testdata", "shop"), "-o", format)
		if got.code != exitClean {
			t.Errorf("exit code %d: %s", got.code, got.err)
		}
		golden.Compare(t, filepath.Join("testdata", "shop."+format+".golden"), got.out)
		golden.Compare(t, filepath.Join("testdata", "shop.notes.golden"), got.err)
	}
}

func TestJSONIsAListOfReports(t *testing.T) {
	list, _ := scanJSON(t, exitClean, "", "-f", "testdata/shop")
	if list.APIVersion != "v1" || list.Kind != "List" {
		t.Errorf("a %s %s", list.APIVersion, list.Kind)
	}
	want := []string{"default/pod-toolbox", "monitoring/daemonset-agent", "shop/cronjob-nightly", "shop/deployment-cart"}
	if diff := cmp.Diff(want, names(list)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	for i := range list.Items {
		if r := &list.Items[i]; r.Kind != "PodSecurityReport" || r.APIVersion != "daysix.dev/v1alpha1" || len(r.Status.Answers) != 7 {
			t.Errorf("%s is a %s %s with %d answers", r.Name, r.APIVersion, r.Kind, len(r.Status.Answers))
		}
	}
}

func TestYAMLSaysWhatJSONSays(t *testing.T) {
	asJSON := run(t, "", "scan", "-f", "testdata/shop", "-o", "json")
	asYAML := run(t, "", "scan", "-f", "testdata/shop", "-o", "yaml")
	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	var a, b any
	if err := json.Compact(&compact, []byte(asJSON.out)); err != nil {
		t.Fatal(err)
	}
	for text, into := range map[string]*any{compact.String(): &a, string(converted): &b} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-json +yaml):\n%s", diff)
	}
}

func TestNoWorkloadsAreAnEmptyList(t *testing.T) {
	list, notes := scanJSON(t, exitClean, "", "-f", "-")
	if list.Items == nil || len(list.Items) != 0 {
		t.Errorf("items: %v", list.Items)
	}
	if !strings.Contains(notes, "Note: No workloads found.\n") {
		t.Errorf("notes: %s", notes)
	}
}

func TestTheOrderOfTheFilesChangesNothing(t *testing.T) {
	files := []string{"testdata/shop/cart.yaml", "testdata/shop/agent.yaml", "testdata/shop/jobs/nightly.json"}
	for _, format := range scanOutputs() {
		var first outcome
		for i, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			got := run(t, "", "scan", "-o", format, "-f", files[order[0]], "-f", files[order[1]], files[order[2]])
			if i == 0 {
				first = got
			} else if got != first {
				t.Errorf("%s in the order %v: (-first +got):\n%s", format, order, cmp.Diff(first.out+first.err, got.out+got.err))
			}
		}
	}
}

func TestABrokenDocumentIsNamedAndTheOthersAreScanned(t *testing.T) {
	list, notes := scanJSON(t, exitError, "", "-f", "testdata/broken.yaml", "--fail-on", "Low")
	if diff := cmp.Diff([]string{"default/pod-first", "default/pod-third"}, names(list)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	want := "Error: testdata/broken.yaml: document 2: spec.containers[0].securityContext.privileged: must be true or false, not string\n"
	if !strings.HasPrefix(notes, want) {
		t.Errorf("notes: %s", notes)
	}
}

func TestNotesSayWhatTheFilesDoNotShow(t *testing.T) {
	got := run(t, "", "scan", "-f", "testdata/shop")
	want := "Note: " + ordinaryCluster + "\nNote: Kinds that are not read: 1 ConfigMap (v1).\n"
	if diff := cmp.Diff(want, got.err); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFailOn(t *testing.T) {
	privileged := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"b",` +
		`"securityContext":{"privileged":true}}]}}`
	for _, test := range []struct {
		failOn string
		want   int
	}{
		{"Critical", exitClean},
		{"High", exitFound},
		{"Medium", exitFound},
		{"Low", exitFound},
		{"high", exitFound},
		{"Minimal", exitError},
		{"severe", exitError},
	} {
		t.Run(test.failOn, func(t *testing.T) {
			got := run(t, privileged, "scan", "-f", "-", "--fail-on", test.failOn)
			if got.code != test.want {
				t.Errorf("exit code %d, want %d: %s", got.code, test.want, got.err)
			}
			said := strings.Contains(got.err, "or worse: 1.\n")
			if said != (test.want == exitFound) {
				t.Errorf("the reason is given: %v, in %s", said, got.err)
			}
		})
	}
}

func TestBadUsageIsAnError(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(kept, []byte("apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\nmetrics: {maxWorkloadSeries: -1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"an unknown verb", []string{"scam"}, `unknown command "scam"`},
		{"an unknown flag", []string{"scan", "--frobnicate"}, "unknown flag: --frobnicate"},
		{"an unknown format", []string{"scan", "-f", "testdata/shop", "-o", "xml"}, `--output "xml": must be one of table, json, yaml, sarif, junit, html`},
		{"an argument without -f", []string{"scan", "testdata/shop"}, `unexpected argument "testdata/shop": name files with -f`},
		{"all namespaces of files", []string{"scan", "-f", "testdata/shop", "-A"}, "--all-namespaces is for a live cluster"},
		{"no configuration there", []string{"scan", "-f", "testdata/shop", "--config", "none.yaml"}, "open none.yaml: no such file"},
		{
			"a wrong configuration",
			[]string{"scan", "-f", "testdata/shop", "--config", kept},
			kept + ": metrics.maxWorkloadSeries: Invalid value: -1: must be between 0 and 10000",
		},
		{"a cluster that does not answer", []string{"scan", "--server", "http://127.0.0.1:1"}, "listing pods: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", test.args...)
			if got.code != exitError || got.out != "" || !strings.HasPrefix(got.err, "Error: ") || !strings.Contains(got.err, test.want) {
				t.Errorf("exit code %d, output %q, errors %q", got.code, got.out, got.err)
			}
		})
	}
}

func TestConfigurationIsObeyed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	content := "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\nexcludedNamespaces: [shop, default]\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	list, notes := scanJSON(t, exitClean, "", "-f", "testdata/shop", "--config", path)
	if diff := cmp.Diff([]string{"monitoring/daemonset-agent"}, names(list)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	if !strings.Contains(notes, "Note: Workloads in excluded namespaces: 3.\n") {
		t.Errorf("notes: %s", notes)
	}
}

func TestNamespaceIsThatOfObjectsThatNameNone(t *testing.T) {
	list, _ := scanJSON(t, exitClean, "", "-f", "testdata/shop", "-n", "tools")
	want := []string{"monitoring/daemonset-agent", "shop/cronjob-nightly", "shop/deployment-cart", "tools/pod-toolbox"}
	if diff := cmp.Diff(want, names(list)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

// A template and a pod that is made from it are judged alike; only the counts and the basis tell them apart.
func TestATemplateAndItsPodGetTheSameReport(t *testing.T) {
	const spec = `{hostNetwork: true, containers: [{name: app, image: a, securityContext: {privileged: true, runAsUser: 7}}]}`
	const template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, uid: '3'}\nspec: {template: {spec: " + spec + "}}\n"
	const pod = "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: r, uid: '2', ownerReferences: " +
		"[{apiVersion: apps/v1, kind: Deployment, name: d, uid: '3', controller: true}]}\n" +
		"---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, ownerReferences: " +
		"[{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: '2', controller: true}]}\nspec: " + spec + "\n"
	fromTemplate, _ := scanJSON(t, exitClean, template, "-f", "-")
	fromPod, _ := scanJSON(t, exitClean, template+pod, "-f", "-")
	if len(fromTemplate.Items) != 1 || len(fromPod.Items) != 1 {
		t.Fatalf("reports: %v and %v", names(fromTemplate), names(fromPod))
	}
	a, b := &fromTemplate.Items[0], &fromPod.Items[0]
	if a.Status.Pods.Running != 0 || b.Status.Pods.Running != 1 {
		t.Errorf("running: %d and %d", a.Status.Pods.Running, b.Status.Pods.Running)
	}
	for _, r := range []*daysixv1alpha1.PodSecurityReport{a, b} {
		r.Status.Pods, r.Status.Restart.Pods = daysixv1alpha1.PodCounts{}, daysixv1alpha1.RestartPods{}
		for i := range r.Status.Conditions {
			if c := &r.Status.Conditions[i]; c.Type == daysixv1alpha1.ConditionAssessed {
				c.Reason, c.Message = "", ""
			}
		}
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-template +pod):\n%s", diff)
	}
	if a.Status.Score == 0 {
		t.Error("a privileged workload scores nothing")
	}
}

func TestEscapeSequencesDoNotReachTheTerminal(t *testing.T) {
	manifest := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a\u001b[2J","namespace":"\u202egnp"},"spec":{"x\u001b[31m":1}}` +
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a\u001b[2J","namespace":"\u202egnp"}}` +
		`{"apiVersion":"v1\u009b","kind":"Thing\r\u0007"}`
	got := run(t, manifest, "scan", "-f", "-")
	if got.code != exitError {
		t.Fatalf("exit code %d", got.code)
	}
	for name, text := range map[string]string{"output": got.out, "errors": got.err} {
		if strings.ContainsAny(text, "\x1b\x07\r\u202e\u009b") {
			t.Errorf("control characters in the %s: %q", name, text)
		}
	}
	if !strings.Contains(got.out, `\u202egnp  Pod/a\x1b[2J`) {
		t.Errorf("the name cannot be read: %q", got.out)
	}
}

func TestVersion(t *testing.T) {
	got := run(t, "", "version")
	if got.code != exitClean || !strings.HasSuffix(got.out, "Score model: v1\n") {
		t.Errorf("%+v", got)
	}
}

// What a literal is, is known before its text is thrown away.
func TestScanFindsCredentialsOfWhichNoTextIsKept(t *testing.T) {
	const pod = `{apiVersion: v1, kind: Pod, metadata: {name: app}, spec: {containers: [{name: app, image: "registry.example/app:v1", env: [
		{name: DATABASE_URL, value: "postgres://app:word@db.example/app"}, {name: DB_PASSWORD, value: "word"},
		{name: ALLOW_EMPTY_PASSWORD, value: "yes"}, {name: API_TOKEN, value: "$(TOKEN)"}, {name: MODE, value: "word"}]}]}}`
	list, _ := scanJSON(t, exitClean, pod, "-f", "-")
	var found []string
	for _, f := range list.Items[0].Status.Findings {
		if f.Check == "CredentialInSpec" {
			found = append(found, f.Field+" "+f.Value)
		}
	}
	want := []string{"spec.containers[0].env[0].value <redacted>", "spec.containers[0].env[1].value <redacted>"}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScanNamesTheSystemsOutsideThatThePodNames(t *testing.T) {
	const manifests = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: shop}
spec:
  containers:
  - name: app
    image: registry.example/app:v1
    command: [app, --cache, "rediss://reader:canary@cache.example.com/canary", "--token=canary"]
    args: ["--smtp-host=mail.example.com", "--smtp-port=25", "https://canary@api.example.com/canary?key=canary"]
    env:
    - {name: LDAP_URL, value: "ldaps://reader:canary@ldap.corp.example/dc=corp"}
    - {name: DB_HOST, value: db}
    - {name: DB_PORT, value: "5432"}
    - {name: CACHE_HOST, value: cache.shop.svc}
`
	list, _ := scanJSON(t, exitClean, manifests, "-f", "-")
	if said, err := json.Marshal(list); err != nil || strings.Contains(string(said), "canary") {
		t.Errorf("a value is shown, or %v", err)
	}
	for _, a := range list.Items[0].Status.Answers {
		if a.Question != "ReachExternal" {
			continue
		}
		want := "It can connect to systems outside of the cluster. Its configuration names ldap.corp.example:636 (LDAPS), " +
			"db.example.com:5432 (PostgreSQL), cache.example.com:6379 (Redis)."
		if a.Summary != want {
			t.Errorf("got %q, want %q", a.Summary, want)
		}
		return
	}
	t.Error("the question is not answered")
}
