package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/testing/golden"
)

func TestGoldenReach(t *testing.T) {
	for name, args := range map[string][]string{
		"exec":   {"create", "pods/exec", "-n", "shop"},
		"secret": {"--to", "secret/shop/db"},
		"all":    {"--to", "secret/shop/db", "--all"},
		"admin":  {"--to", "cluster-admin"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{outputTable, outputJSON} {
				got := run(t, "", append([]string{"reach", "-f", filepath.Join("testdata", "reach"), "-o", format}, args...)...)
				if want := "Note: " + ordinaryCluster + "\n"; got.code != exitClean || got.err != want {
					t.Errorf("exit code %d: %s", got.code, got.err)
				}
				golden.Compare(t, filepath.Join("testdata", "reach."+name+"."+format+".golden"), got.out)
			}
		})
	}
}

func TestGoldenReachOverOthers(t *testing.T) {
	for name, to := range map[string]string{"over-admin": "cluster-admin", "over-node": "node/worker-1", "over-secret": "secret/shop/db"} {
		for _, format := range []string{outputTable, outputJSON} {
			got := run(t, "", "reach", "-f", attack, "-o", format, "--to", to)
			if got.code != exitClean {
				t.Errorf("exit code %d: %s", got.code, got.err)
			}
			golden.Compare(t, filepath.Join("testdata", "reach."+name+"."+format+".golden"), got.out)
		}
	}
}

func TestReachInYAMLSaysWhatJSONSays(t *testing.T) {
	args := []string{"reach", "--to", "secret/shop/db", "-f", "testdata/reach", "-o"}
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

// ask is the question that arguments become, with the workloads that answer it.
func ask(t *testing.T, args ...string) (question reach.Question, workloads []string, notes string) {
	t.Helper()
	got := run(t, "", append([]string{"reach", "-f", "testdata/reach", "-o", "json"}, args...)...)
	if got.code != exitClean {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	var result reach.Result
	decoder := json.NewDecoder(strings.NewReader(got.out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&result); err != nil {
		t.Fatal(err)
	}
	for i := range result.Workloads {
		workloads = append(workloads, result.Workloads[i].Workload.Name)
	}
	return result.Question, workloads, got.err
}

func TestQuestions(t *testing.T) {
	for _, test := range []struct {
		args      string
		want      reach.Question
		workloads []string
	}{
		{"get po", reach.Question{Verb: "get", Resource: "pods", Namespace: "default"}, []string{"operator"}},
		{"GET Pod -n shop", reach.Question{Verb: "get", Resource: "pods", Namespace: "shop"}, []string{"deployer", "operator"}},
		{
			"update deployments.apps/scale web -n shop",
			reach.Question{Verb: "update", APIGroup: "apps", Resource: "deployments", Subresource: "scale", Name: "web", Namespace: "shop"},
			[]string{"deployer", "operator"},
		},
		{"create deploy -A", reach.Question{Verb: "create", APIGroup: "apps", Resource: "deployments", AnyNamespace: true}, []string{"deployer", "operator"}},
		{"get nodes/proxy -n shop", reach.Question{Verb: "get", Resource: "nodes", Subresource: "proxy"}, []string{"operator"}},
		{"impersonate users -A", reach.Question{Verb: "impersonate", Resource: "users"}, []string{"operator"}},
		{"get /metrics", reach.Question{Verb: "get", NonResourceURL: "/metrics"}, []string{"operator"}},
		{"* *", reach.Question{Verb: "*", APIGroup: "*", Resource: "*", Namespace: "default"}, []string{"operator"}},
		{
			"get widgets.example.com -A",
			reach.Question{Verb: "get", APIGroup: "example.com", Resource: "widgets", AnyNamespace: true},
			[]string{"operator"},
		},
	} {
		t.Run(test.args, func(t *testing.T) {
			question, workloads, _ := ask(t, strings.Fields(test.args)...)
			if diff := cmp.Diff(test.want, question, cmpopts.IgnoreUnexported(reach.Question{})); diff != "" {
				t.Errorf("question (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.workloads, workloads); diff != "" {
				t.Errorf("workloads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatMayBeATypingErrorIsTold(t *testing.T) {
	for args, want := range map[string]string{
		"craete pods":            "Note: craete is no verb of Kubernetes itself: rules that name it, or *, count.\n",
		"get widgets.shop.local": "Note: The resource widgets.shop.local is not known: it is taken as it is written, for one whose objects are in namespaces.\n",
	} {
		if _, _, notes := ask(t, strings.Fields(args)...); !strings.Contains(notes, want) {
			t.Errorf("%s: %s", args, notes)
		}
	}
}

func TestNobodyIsAResult(t *testing.T) {
	got := run(t, "", "reach", "get", "pods", "-f", "testdata/shop", "-o", "json")
	want := "{\n  \"question\": {\n    \"verb\": \"get\",\n    \"resource\": \"pods\",\n    \"namespace\": \"default\"\n  },\n  \"workloads\": []\n}\n"
	if got.code != exitClean || got.out != want || !strings.HasSuffix(got.err, "Note: No workload can do that by what was read.\n") {
		t.Errorf("%+v", got)
	}
}

func TestAReachOfBrokenFilesIsAnErrorWithAResult(t *testing.T) {
	got := run(t, "", "reach", "get", "pods", "-f", "testdata/reach", "-f", "testdata/broken.yaml", "-n", "shop")
	if got.code != exitError || !strings.Contains(got.out, "Deployment/deployer") || !strings.Contains(got.err, "; errors: 1\n") {
		t.Errorf("%+v", got)
	}
}

func TestBadQuestionsAreErrors(t *testing.T) {
	for args, want := range map[string]string{
		"":                               "say what is asked: VERB RESOURCE [NAME], or --to TARGET",
		"get":                            "say what is asked: VERB RESOURCE [NAME], or --to TARGET",
		"get pods a b.yaml":              `unexpected argument "b.yaml": a question is VERB RESOURCE [NAME]; name each file with a -f of its own`,
		"get widgets":                    `the resource "widgets" is not known: of one that is not Kubernetes' own`,
		"get pods/":                      `"pods/" is no resource: write it as pods, pods/exec, deployments.apps or /healthz`,
		"get pods.":                      `"pods." is no resource`,
		"get pods a/b":                   `the name "a/b": may not contain '/'`,
		"get /metrics name":              "/metrics is no resource: it has neither names nor namespaces",
		"get /metrics -A":                "/metrics is no resource: it has neither names nor namespaces",
		"get pods --to cluster-admin":    `unexpected argument "get": --to is a question by itself`,
		"--to cluster-admin -A":          "--all-namespaces goes with VERB RESOURCE",
		"--to cluster-admin --all":       "--all goes with questions about rights",
		"--to node/worker-0":             "--to node/worker-0: there is no such Node in what was read",
		"--to node/a/b":                  `--to "node/a/b": a Node is written as node/NAME`,
		"--to node/w --all":              "--all goes with questions about rights: node/w is reached in other ways too",
		"--to secret/db":                 `--to "secret/db": a Secret is written as secret/NAMESPACE/NAME`,
		"--to secret/shop/db/key":        `--to "secret/shop/db/key": a Secret is written as secret/NAMESPACE/NAME`,
		"--to pods":                      `--to "pods": must be node/NAME, secret/NAMESPACE/NAME or cluster-admin`,
		"get pods -o wide":               `--output "wide": must be one of table, json, yaml`,
		"get pods --config testdata/no.": "open testdata/no.: no such file",
	} {
		t.Run(args, func(t *testing.T) {
			got := run(t, "", append([]string{"reach", "-f", "testdata/reach"}, strings.Fields(args)...)...)
			if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: ") || !strings.Contains(got.err, want) {
				t.Errorf("exit code %d, output %q, errors %q", got.code, got.out, got.err)
			}
		})
	}
}

func TestAScanJudgesRights(t *testing.T) {
	list, _ := scanJSON(t, exitFound, "", "-f", "testdata/reach", "--fail-on", "Critical")
	for i := range list.Items {
		r := &list.Items[i]
		if critical := r.Status.Severity == "Critical"; critical != (r.Name == "deployment-operator") {
			t.Errorf("%s is %s", r.Name, r.Status.Severity)
		}
	}
}

func TestCustomResourcesOfTheConfigurationAreJudged(t *testing.T) {
	const manifests = `
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: runs}
rules: [{apiGroups: [ci.example.com], resources: [runs], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: runs}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: runs}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
`
	path := filepath.Join(t.TempDir(), "audit.yaml")
	content := "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\n" +
		"customResources: [{apiGroup: ci.example.com, resource: runs, field: spec.steps}]\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, configured := range []bool{false, true} {
		args := []string{"-f", "-"}
		if configured {
			args = append(args, "--config", path)
		}
		list, _ := scanJSON(t, exitClean, manifests, args...)
		found := slices.ContainsFunc(list.Items[0].Status.Findings, func(f daysixv1alpha1.Finding) bool {
			return f.Check == "RBACCreateCustomResources"
		})
		if found != configured {
			t.Errorf("with the configuration %v, found %v", configured, found)
		}
	}
}

func TestABindingToARoleThatIsNotGivenIsTold(t *testing.T) {
	const manifest = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n" +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lost}\nsubjects: [{kind: ServiceAccount, name: a}]\n"
	got := run(t, manifest, "reach", "get", "pods", "-f", "-")
	want := "Note: " + ordinaryCluster + "\n" +
		"Note: ClusterRoleBinding b: ClusterRole lost does not exist: whoever creates it gives its rights to the subjects.\n" +
		"Note: ClusterRoleBinding b: ServiceAccount a has no namespace: it matches nobody.\n" +
		"Note: No workload can do that by what was read.\n"
	if diff := cmp.Diff(want, got.err); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
