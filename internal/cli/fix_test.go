package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/testing/golden"
)

// failing is the manifest in which a check finds something: as it is, and as the template of a Deployment.
func failing(t *testing.T, check string) (pod, deployment string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "posture", "testdata", check, "fail.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	delete(manifest, "facts")
	metadata, _ := manifest["metadata"].(map[string]any)
	annotations := metadata["annotations"]
	// Without a node of the control plane in sight no pod gets there.
	node := "---\napiVersion: v1\nkind: Node\nmetadata: {name: first, labels: {node-role.kubernetes.io/control-plane: \"\"}}\n"
	pod = toYAML(t, manifest) + node
	return pod, toYAML(t, map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "fail"},
		"spec": map[string]any{
			"selector": map[string]any{"matchLabels": map[string]any{"app": "fail"}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"app": "fail"}, "annotations": annotations}, "spec": manifest["spec"],
			},
		},
	}) + node
}

func toYAML(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func fixJSON(t *testing.T, stdin string, args ...string) fix.Result {
	t.Helper()
	got := run(t, stdin, append([]string{"fix", "-o", "json"}, args...)...)
	if got.code != exitClean {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	var r fix.Result
	decodeJSON(t, got.out, &r)
	return r
}

func decodeJSON(t *testing.T, text string, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// The manifest that a fix prints scans without the finding, and with the score that was promised.
func TestEveryFixKeepsItsPromise(t *testing.T) {
	for _, check := range posture.Registry() {
		if check.Fix == nil {
			continue
		}
		id := string(check.ID)
		t.Run(id, func(t *testing.T) {
			pod, deployment := failing(t, id)
			for kind, manifest := range map[string]string{"pod": pod, "deployment": deployment} {
				if kind == "pod" && isCapability(id) {
					continue // One is like the other.
				}
				before, _ := scanJSON(t, exitClean, manifest, "-f", "-")
				promised := fixJSON(t, manifest, kind+"/fail", "-f", "-", "--check", id)
				fixed := run(t, manifest, "fix", kind+"/fail", "-f", "-", "--check", id)
				after, _ := scanJSON(t, exitClean, fixed.out, "-f", "-")
				was, is := &before.Items[0].Status, &after.Items[0].Status
				for i := range is.Findings {
					if is.Findings[i].Check == id {
						t.Errorf("%s: still found: %+v", kind, is.Findings[i])
					}
				}
				if int(was.Score) != promised.Before.Score || int(is.Score) != promised.After.Score || is.Score > was.Score {
					t.Errorf("%s: from %d to %d, promised from %d to %d", kind, was.Score, is.Score, promised.Before.Score, promised.After.Score)
				}
				if len(promised.Changes) != 1 || promised.Changes[0].Breaks != check.Breaks || len(promised.Notes) > 1 {
					t.Errorf("%s: %+v", kind, promised)
				}
			}
		})
	}
}

func isCapability(id string) bool {
	return strings.HasPrefix(id, "Capability") && id != "CapabilityNetRaw"
}

// kustomize makes of the patch what the manifest shows. It may list ports in another order.
func TestKustomizeMakesTheSame(t *testing.T) {
	sorted := cmpopts.SortSlices(func(a, b corev1.ContainerPort) bool { return a.ContainerPort < b.ContainerPort })
	for _, check := range posture.Registry() {
		if check.Fix == nil || isCapability(string(check.ID)) {
			continue
		}
		id := string(check.ID)
		t.Run(id, func(t *testing.T) {
			_, deployment := failing(t, id)
			kustomization := run(t, deployment, "fix", "deploy/fail", "-f", "-", "--check", id, "-o", outputKustomize)
			files := filesys.MakeFsInMemory()
			for name, text := range map[string]string{
				"deployment.yaml": deployment, "kustomization.yaml": "resources: [deployment.yaml]\n" + kustomization.out,
			} {
				if err := files.WriteFile(name, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, ".")
			if err != nil {
				t.Fatalf("%v in\n%s", err, kustomization.out)
			}
			text, err := built.AsYaml()
			if err != nil {
				t.Fatal(err)
			}
			manifest := run(t, deployment, "fix", "deploy/fail", "-f", "-", "--check", id)
			if diff := cmp.Diff(podSpecOf(t, manifest.out), podSpecOf(t, string(text)), sorted); diff != "" {
				t.Errorf("(-manifest +kustomize):\n%s\n%s", diff, kustomization.out)
			}
		})
	}
}

func podSpecOf(t *testing.T, deployment string) corev1.PodSpec {
	t.Helper()
	var object struct {
		Spec struct {
			Template struct {
				Spec corev1.PodSpec `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	for document := range strings.SplitSeq(deployment, "\n---\n") { // kustomize sorts by kind.
		if strings.Contains(document, "kind: Deployment") {
			deployment = document
		}
	}
	if err := yaml.Unmarshal([]byte(deployment), &object); err != nil {
		t.Fatal(err)
	}
	return object.Spec.Template.Spec
}

// The change that lowers the score most lowers it as far as the report says, for the workload is assessed among all others.
func TestTheTopFixIsWhatTheReportPromises(t *testing.T) {
	for _, path := range []string{attack, filepath.Join("testdata", "shop"), filepath.Join("testdata", "reach")} {
		list, _ := scanJSON(t, exitClean, "", "-f", path)
		fixed := 0
		for i := range list.Items {
			r := &list.Items[i]
			if r.Status.TopFix == nil {
				continue
			}
			ref := &r.Spec.WorkloadRef
			got := fixJSON(t, "", ref.Kind+"/"+ref.Name, "-n", r.Namespace, "-f", path)
			if got.After.Score != int(r.Status.TopFix.ScoreAfter) || string(got.Changes[0].Check) != r.Status.TopFix.Check {
				t.Errorf("%s/%s: %+v, the report promises %+v", r.Namespace, r.Name, got, r.Status.TopFix)
			}
			fixed++
		}
		if fixed == 0 {
			t.Errorf("%s: nothing is fixed", path)
		}
	}
}

func TestGoldenFix(t *testing.T) {
	for name, args := range map[string][]string{
		"top.strategic":      {"rs/cart", "-n", "shop", "-o", "strategic"},
		"top.kustomize":      {"rs/cart", "-n", "shop", "-o", "kustomize"},
		"pod.strategic":      {"pod/operator", "-n", "tools", "-o", "strategic"},
		"all.strategic":      {"rs/cart", "-n", "shop", "-o", "strategic", "--all"},
		"binding.strategic":  {"pod/operator", "-n", "tools", "-o", "strategic", "--check", "RBACClusterAdmin"},
		"network.strategic":  {"sts/cart", "-n", "shop", "-o", "strategic"},
		"manifest":           {"rs/cart", "-n", "shop"},
		"several.manifest":   {"pod/operator", "-n", "tools", "--check", "RBACClusterAdmin,ServiceAccountTokenMounted"},
		"nothing.strategic":  {"sts/cart", "-n", "shop", "-o", "strategic", "--check", "HostPID"},
		"manifest.unchanged": {"sts/cart", "-n", "shop", "--check", "HostPID"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", append([]string{"fix", "-f", attack}, args...)...)
			if got.code != exitClean {
				t.Fatalf("exit code %d: %s", got.code, got.err)
			}
			notes := strings.TrimPrefix(got.err, "Note: "+ordinaryCluster+"\n")
			golden.Compare(t, filepath.Join("testdata", "fix."+name+".golden"), got.out+"\n# stderr\n"+notes)
			if strings.HasSuffix(name, outputStrategic) {
				for line := range strings.Lines(got.out) {
					if width := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width > 80 {
						t.Errorf("%d columns: %q", width, line)
					}
				}
			}
		})
	}
}

const manyDocuments = "\xef\xbb\xbf" + `# The head of the file.
apiVersion: v1
kind: ConfigMap # not read
metadata: {name:   odd,   namespace: shop}
data: {"a":   'b'}

--- # the cart
# What it is for.
apiVersion: apps/v1
kind: Deployment
metadata:
    name: cart   # the name
    namespace: shop
spec:
    selector: {matchLabels: {app: cart}}
    template:
        metadata: {labels: {app: cart}}
        spec:
            hostPID: true # to see the node
            # The one container.
            containers:
            - name: app
              image: "registry.example/app:v1" # pinned soon
              args: ['--port', "80"]
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: x, namespace: shop}}
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: agent, namespace: shop}
  spec:
    selector: {matchLabels: {app: agent}}
    template:
      metadata: {labels: {app: agent}}
      spec: {hostIPC: true, containers: [{name: agent, image: a}]}
...
{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},"spec":{"serviceName":"db",` +
	`"selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},` +
	`"spec":{"hostNetwork":true,"containers":[{"name":"db","image":"d"}]}}}}`

// Nothing but the workload changes in a file of many documents, and its comments stay.
func TestOnlyTheWorkloadChangesInAFile(t *testing.T) {
	for workload, test := range map[string]struct {
		check string
		// between are the first and the last words of the document.
		first, last string
		stays       []string
		gone        string
	}{
		"deploy/cart": {
			"HostPID", "# What it is for.", "\"80\"]\n",
			[]string{"# What it is for.", "name: cart # the name", "# The one container.", `image: "registry.example/app:v1" # pinned soon`, `'--port', "80"`},
			"hostPID",
		},
		"ds/agent": {"HostIPC", "apiVersion: v1\nkind: List", "image: a}]}\n", []string{"kind: ServiceAccount", "image: a"}, "hostIPC"},
		"sts/db":   {"HostNetwork", `{"apiVersion":"apps/v1","kind":"StatefulSet"`, "}}}}", []string{`"serviceName": "db"`}, "hostNetwork"},
	} {
		got := run(t, manyDocuments, "fix", workload, "-n", "shop", "-f", "-", "--check", test.check)
		if got.code != exitClean {
			t.Fatalf("%s: %s", workload, got.err)
		}
		begin := strings.Index(manyDocuments, test.first)
		end := begin + strings.Index(manyDocuments[begin:], test.last) + len(test.last)
		if !strings.HasPrefix(got.out, manyDocuments[:begin]) || !strings.HasSuffix(got.out, manyDocuments[end:]) {
			t.Errorf("%s: something else has changed:\n%s", workload, got.out)
			continue
		}
		document := got.out[begin : len(got.out)-len(manyDocuments[end:])]
		for _, text := range test.stays {
			if !strings.Contains(document, text) {
				t.Errorf("%s: %q is gone:\n%s", workload, text, document)
			}
		}
		if strings.Contains(document, test.gone) {
			t.Errorf("%s: %s is still there", workload, test.gone)
		}
	}
}

func TestAllFixesLeaveNothingThatHasAFix(t *testing.T) {
	fixes := fixable()
	for _, check := range []string{"PrivilegedContainer", "HostPathRoot", "CapabilityAll", "RunAsRoot", "WindowsHostProcess"} {
		_, manifest := failing(t, check)
		fixed := run(t, manifest, "fix", "deploy/fail", "-f", "-", "--all")
		again := fixJSON(t, fixed.out, "deploy/fail", "-f", "-", "--all")
		if fixed.code != exitClean || len(again.Changes) > 0 {
			t.Errorf("%s: %s left %+v", check, fixed.err, again.Changes)
		}
		list, _ := scanJSON(t, exitClean, fixed.out, "-f", "-")
		for i := range list.Items[0].Status.Findings {
			if found := &list.Items[0].Status.Findings[i]; slices.Contains(fixes, found.Check) {
				t.Errorf("%s: %s is left", check, found.Check)
			}
		}
	}
}

func TestFixRefusesWhatCannotBeMeant(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "name one workload, such as deployment/cart; 0 are given",
		"rs/cart -n shop --all --check X":        "--all and --check exclude each other",
		"rs/cart -n shop --check HostPit":        "--check HostPit: ReplicaSet.apps shop/cart has no such finding",
		"rs/cart -n shop --check HostPathX":      "has no such finding",
		"rs/cart -n shop --check ImageNotPinned": "--check ImageNotPinned: no change of the workload alone removes it: ",
		"rs/cart -n shop -o table":               `--output "table": must be one of strategic, kustomize, manifest, json`,
		"rs/none -n shop":                        "no workload rs/none in namespace shop",
	} {
		got := run(t, "", append([]string{"fix", "-f", attack}, strings.Fields(args)...)...)
		if got.code != exitError || got.out != "" || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit code %d, output %q, errors %q", args, got.code, got.out, got.err)
		}
	}
	if got := run(t, "", "fix", "deploy/x", "-o", "manifest"); !strings.Contains(got.err, "--output manifest is for files") {
		t.Error(got.err)
	}
}
