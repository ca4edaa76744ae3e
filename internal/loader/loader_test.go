package loader

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

const podSpec = `{containers: [{name: app, image: a}]}`

// read loads one text as if it were a file.
func readText(text string) *Result {
	l := newLoader("default", model.New())
	l.add("m.yaml", []byte(text))
	return l.finish()
}

func keys(r *Result) []string {
	var out []string
	for _, key := range r.Snapshot.Workloads() {
		out = append(out, key.String())
	}
	return out
}

func texts(errs []error) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}

func TestEveryWorkloadKindIsRead(t *testing.T) {
	template := "{template: {spec: " + podSpec + "}}"
	for _, test := range []struct{ kind, manifest, want string }{
		{"Pod", "apiVersion: v1\nkind: Pod\nspec: " + podSpec, "Pod default/a"},
		{"ReplicationController", "apiVersion: v1\nkind: ReplicationController\nspec: " + template, "ReplicationController default/a"},
		{"Deployment", "apiVersion: apps/v1\nkind: Deployment\nspec: " + template, "Deployment.apps default/a"},
		{"ReplicaSet", "apiVersion: apps/v1\nkind: ReplicaSet\nspec: " + template, "ReplicaSet.apps default/a"},
		{"StatefulSet", "apiVersion: apps/v1\nkind: StatefulSet\nspec: " + template, "StatefulSet.apps default/a"},
		{"DaemonSet", "apiVersion: apps/v1\nkind: DaemonSet\nspec: " + template, "DaemonSet.apps default/a"},
		{"Job", "apiVersion: batch/v1\nkind: Job\nspec: " + template, "Job.batch default/a"},
		{
			"CronJob", "apiVersion: batch/v1\nkind: CronJob\nspec: {schedule: '@daily', jobTemplate: {spec: " + template + "}}",
			"CronJob.batch default/a",
		},
	} {
		t.Run(test.kind, func(t *testing.T) {
			r := readText(test.manifest + "\nmetadata: {name: a}\n")
			if diff := cmp.Diff([]string{test.want}, keys(r)); diff != "" {
				t.Fatalf("workloads (-want +got):\n%s\n%v", diff, r.Errors)
			}
			view, ok := r.Snapshot.View(r.Snapshot.Workloads()[0])
			if !ok {
				t.Fatal("no view")
			}
			shape := view.Template
			if test.kind == "Pod" {
				shape = &view.Groups[0]
			}
			if shape == nil || shape.Shape.Spec.Containers[0].Name != "app" {
				t.Errorf("the pod of the manifest is not what would be assessed: %+v", view)
			}
		})
	}
}

func TestWhatIsRead(t *testing.T) {
	pod := func(name string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec: " + podSpec + "\n"
	}
	for _, test := range []struct {
		name, in string
		want     []string
		ignored  []KindCount
		errs     []string
	}{
		{name: "nothing", in: "# nothing\n"},
		{name: "several documents", in: pod("a") + "---\n" + pod("b"), want: []string{"Pod default/a", "Pod default/b"}},
		{
			name: "a broken document costs no other", in: pod("a") + "---\nkind: [\n---\n" + pod("c"),
			want: []string{"Pod default/a", "Pod default/c"},
			errs: []string{"m.yaml: document 2: yaml: line 6: did not find expected node content"},
		},
		{
			name: "an unknown field names document and field",
			in:   pod("a") + "---\n" + strings.Replace(pod("b"), "image", "imagine", 1) + "---\n" + pod("c"),
			want: []string{"Pod default/a", "Pod default/c"},
			errs: []string{"m.yaml: document 2: spec.containers[0].imagine: unknown field"},
		},
		{
			name: "a value of the wrong type is not repeated, it may be a password",
			in:   "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, env: [{name: P, value: 12345}]}]}\n",
			errs: []string{"m.yaml: document 1: spec.containers[0].env[0].value: must be a string, not number"},
		},
		{
			name: "a List names the item", in: `{"apiVersion":"v1","kind":"List","items":[` +
				`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}},{"apiVersion":"v1","kind":"Pod","metadata":{"nam":"b"}},` +
				`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}]}`,
			want: []string{"Pod default/a", "Pod default/c"},
			errs: []string{"m.yaml: document 1: items[1].metadata.nam: unknown field"},
		},
		{
			name: "a list of one kind does not repeat it", in: "apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}}]\n",
			want: []string{"Pod default/a"},
		},
		{name: "an empty List", in: "apiVersion: v1\nkind: List\nitems: []\n"},
		{
			name: "lists without end", in: strings.Repeat(`{"apiVersion":"v1","kind":"List","items":[`, 9) + strings.Repeat("]}", 9),
			errs: []string{"m.yaml: document 1: items[0].items[0].items[0].items[0].items: lists are nested too deep"},
		},
		{
			name: "JSON values in a row", in: `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}` + "\n" +
				`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}`,
			want: []string{"Pod default/a", "Pod default/b"},
		},
		{
			name: "other kinds are counted, their content is not looked at",
			in: "apiVersion: v1\nkind: ConfigMap\ndata: [what ever]\n---\napiVersion: v1\nkind: ConfigMap\n---\n" +
				"apiVersion: batch/v1beta1\nkind: CronJob\n",
			ignored: []KindCount{{"v1", "ConfigMap", 2}, {"batch/v1beta1", "CronJob", 1}},
		},
		{name: "no kind", in: "apiVersion: v1\n", errs: []string{"m.yaml: document 1: kind: required, but not given"}},
		{name: "no version", in: "kind: Pod\n", errs: []string{"m.yaml: document 1: apiVersion: required, but not given"}},
		{name: "no name", in: "apiVersion: v1\nkind: Pod\n", errs: []string{"m.yaml: document 1: metadata.name: required, but not given"}},
		{
			name: "a name to be generated", in: "apiVersion: v1\nkind: Pod\nmetadata: {generateName: run-}\n",
			want: []string{"Pod default/run"},
		},
		{
			name: "text", in: "hello\n",
			errs: []string{"m.yaml: document 1: not a Kubernetes object"},
		},
		{
			name: "a kind that is no name", in: "apiVersion: v1\nkind: [Pod]\n",
			errs: []string{"m.yaml: document 1: kind: not a Kubernetes object"},
		},
		{
			name: "a namespace that is given stays", in: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n",
			want: []string{"Pod shop/a"},
		},
		{
			name: "a finished pod is no workload", in: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: {phase: Succeeded}\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := readText(test.in)
			if diff := cmp.Diff(test.want, keys(r)); diff != "" {
				t.Errorf("workloads (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.ignored, r.Ignored); diff != "" {
				t.Errorf("ignored (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.errs, texts(r.Errors)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// owned is a manifest without a spec, below a controller where one is named as kind/name/uid.
func owned(apiVersion, kind, name, uid, controller string) string {
	out := fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n  uid: %q\n", apiVersion, kind, name, uid)
	if controller == "" {
		return out
	}
	above := strings.Split(controller, "/")
	return out + fmt.Sprintf("  ownerReferences: [{apiVersion: apps/v1, kind: %s, name: %s, uid: %q, controller: true}]\n",
		above[0], above[1], above[2])
}

func TestOwners(t *testing.T) {
	pod := owned("v1", "Pod", "p", "1", "ReplicaSet/r/2")
	for _, test := range []struct {
		name, in string
		want     []string
		unowned  []string
		waiting  int
	}{
		{name: "an owner that is not given ends the chain", in: pod, want: []string{"ReplicaSet.apps default/r"}},
		{
			name: "the chain goes on over owners that are given",
			in:   pod + owned("apps/v1", "ReplicaSet", "r", "2", "Deployment/d/3"), want: []string{"Deployment.apps default/d"},
		},
		{
			name: "all of the chain is given",
			in:   pod + owned("apps/v1", "ReplicaSet", "r", "2", "Deployment/d/3") + owned("apps/v1", "Deployment", "d", "3", ""),
			want: []string{"Deployment.apps default/d"},
		},
		{
			name: "without UIDs the names have to do",
			in:   pod + owned("apps/v1", "ReplicaSet", "r", "", "Deployment/d/"), want: []string{"Deployment.apps default/d"},
		},
		{
			name: "another UID is another owner", in: pod + owned("apps/v1", "ReplicaSet", "r", "9", ""),
			want: []string{"ReplicaSet.apps default/r"},
		},
		{
			name: "an unknown kind of owner", in: owned("v1", "Pod", "p", "1", "Rollout/r/2"), want: []string{"Rollout.apps default/r"},
		},
		{
			name: "an owner below a controller that is not given, without pods",
			in:   owned("apps/v1", "ReplicaSet", "r", "2", "Deployment/d/3"), unowned: []string{"ReplicaSet.apps default/r"},
		},
		{
			name: "owners that refer to each other",
			in: pod + owned("apps/v1", "ReplicaSet", "r", "2", "ReplicaSet/s/3") +
				owned("apps/v1", "ReplicaSet", "s", "3", "ReplicaSet/r/2"),
			waiting: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := readText(test.in)
			if len(r.Errors) > 0 {
				t.Fatal(r.Errors)
			}
			if diff := cmp.Diff(test.want, keys(r)); diff != "" {
				t.Errorf("workloads (-want +got):\n%s", diff)
			}
			var unowned []string
			for _, key := range r.Unowned {
				unowned = append(unowned, key.String())
			}
			if diff := cmp.Diff(test.unowned, unowned); diff != "" {
				t.Errorf("unowned (-want +got):\n%s", diff)
			}
			if got := r.Snapshot.Waiting(); got != test.waiting {
				t.Errorf("waiting pods: %d, want %d", got, test.waiting)
			}
		})
	}
}

func TestSurroundingsAreRead(t *testing.T) {
	r := readText(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Node
metadata: {name: node, labels: {node-role.kubernetes.io/control-plane: ""}}
spec: {providerID: "aws:///x"}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec: {hostPath: {path: /data}, claimRef: {namespace: default, name: claim}}
---
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  serviceAccount: sa
  nodeName: node
  containers: [{name: app, image: a, env: [{name: PASSWORD, value: hunter2}], command: [sh, -c, "hunter2"]}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]
`)
	if len(r.Errors) > 0 || r.Documents != 5 {
		t.Fatalf("%d documents, errors %v", r.Documents, r.Errors)
	}
	view, ok := r.Snapshot.View(snapshot.Key{Kind: "Pod", Namespace: "default", Name: "p"})
	if !ok {
		t.Fatal("the pod is not there")
	}
	group := view.Groups[0]
	if group.Automount == nil || *group.Automount {
		t.Error("the ServiceAccount is not known under the old name of the field")
	}
	if diff := cmp.Diff(snapshot.Node{ControlPlane: true, CloudProvider: "aws"}, group.Placement); diff != "" {
		t.Errorf("placement (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("/data", group.Claims["claim"].Path); diff != "" {
		t.Errorf("path behind the claim (-want +got):\n%s", diff)
	}
	if spec := group.Shape.Spec.String(); strings.Contains(spec, "hunter2") {
		t.Errorf("a secret is kept: %s", spec)
	}
}

func TestMutatingPoliciesAreReadInEitherVersion(t *testing.T) {
	const v1beta1 = "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: "
	l := newLoader("default", model.New())
	l.add("m.yaml", []byte(v1beta1+"MutatingAdmissionPolicy\nmetadata: {name: m}\nspec: {reinvocationPolicy: Never}\n---\n"+
		v1beta1+"MutatingAdmissionPolicyBinding\nmetadata: {name: b}\nspec: {policyName: m}\n---\n"+
		v1beta1+"MutatingAdmissionPolicy\nmetadata: {name: typo}\nspec: {reinvocationPolicies: Never}\n---\n"+
		v1beta1+"ValidatingAdmissionPolicy\nmetadata: {name: v}\n"))
	r := l.finish()
	ref := admission.Ref{Kind: admission.MutatingPolicy, Name: "m"}
	if diff := cmp.Diff([]admission.Object{{Ref: ref}, {Ref: ref, Binding: "b"}}, l.model.Policies.Objects()); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m.yaml: document 3: spec.reinvocationPolicies: unknown field"}, texts(r.Errors)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	want := []KindCount{{"admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", 1}}
	if diff := cmp.Diff(want, r.Ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
}

func TestWhatFilesDoNotHoldIsNotGiven(t *testing.T) {
	r := readText("")
	for _, status := range r.Snapshot.SourceStates() {
		if status.State != snapshot.NotGiven {
			t.Errorf("%s is %s", status.Source, status.State)
		}
	}
	if !r.Snapshot.Settled() {
		t.Error("the snapshot waits for more")
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func podNamed(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\n"
}

func TestPaths(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"a.yaml", "sub/b.yml", "sub/deep/c.json", ".hidden/d.yaml", "sub/.e.yaml", "f.txt"} {
		name := strings.Trim(filepath.Base(file), ".")[:1]
		content := podNamed(name)
		if strings.HasSuffix(file, ".json") {
			content = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}`
		}
		write(t, filepath.Join(root, file), content)
	}
	if err := os.MkdirAll(filepath.Join(root, "dir.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, test := range []struct {
		name  string
		paths []string
		want  []string
		errs  []string
	}{
		{name: "a directory with all below it", paths: []string{root}, want: []string{"a", "b", "c"}},
		{name: "a file of any name", paths: []string{filepath.Join(root, "f.txt")}, want: []string{"f"}},
		{name: "a file given twice is read once", paths: []string{root, root + "/./a.yaml"}, want: []string{"a", "b", "c"}},
		{name: "the standard input", paths: []string{"-"}, want: []string{"stdin"}},
		{name: "the standard input beside a file", paths: []string{"-", filepath.Join(root, "a.yaml")}, want: []string{"a", "stdin"}},
		{
			name: "a path that is missing costs no other", paths: []string{filepath.Join(empty, "x"), filepath.Join(root, "a.yaml")},
			want: []string{"a"}, errs: []string{"stat " + filepath.Join(empty, "x") + ": no such file or directory"},
		},
		{
			name: "a directory without manifests", paths: []string{empty},
			errs: []string{empty + ": the directory holds no file that ends in .yaml, .yml or .json"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Files(test.paths, strings.NewReader(podNamed("stdin")), "default", model.New())
			var names []string
			for _, key := range r.Snapshot.Workloads() {
				names = append(names, key.Name)
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.errs, texts(r.Errors)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if len(r.Duplicates) > 0 {
				t.Errorf("duplicates: %v", r.Duplicates)
			}
		})
	}
}

func TestTheLastOfTwoCountsWhateverTheOrderOfArguments(t *testing.T) {
	root := t.TempDir()
	a, b := filepath.Join(root, "a.yaml"), filepath.Join(root, "b.yaml")
	write(t, a, podNamed("p")+"spec: {hostPID: false}\n")
	write(t, b, podNamed("p")+"spec: {hostPID: true}\n")
	for _, paths := range [][]string{{a, b}, {b, a}} {
		r := Files(paths, nil, "default", model.New())
		view, _ := r.Snapshot.View(r.Snapshot.Workloads()[0])
		if !view.Groups[0].Shape.Spec.HostPID {
			t.Errorf("%v: the first one counts", paths)
		}
		want := []Duplicate{{Key: snapshot.Key{Kind: "Pod", Namespace: "default", Name: "p"}, At: b + ": document 1"}}
		if diff := cmp.Diff(want, r.Duplicates); diff != "" {
			t.Errorf("duplicates (-want +got):\n%s", diff)
		}
	}
}

func TestKindsThatTheSnapshotReadsAreKnown(t *testing.T) {
	const policies = "admissionregistration.k8s.io/v1 "
	var known []string
	for _, source := range snapshot.Sources() {
		known = append(known, string(source))
	}
	var loaded []string
	for _, e := range model.Extensions() {
		if object, _ := newExtension(typeMeta(e.Group+"/v7", e.Kind)); object == nil {
			t.Errorf("%s is not read", e.GroupKind)
		}
		loaded = append(loaded, string(e.Source()))
	}
	for _, kind := range []string{
		"v1 Pod", "v1 ReplicationController", "v1 Secret", "v1 ServiceAccount", "v1 Namespace", "v1 Node", "v1 PersistentVolume", "apps/v1 Deployment",
		"apps/v1 ReplicaSet", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "batch/v1 Job", "batch/v1 CronJob",
		"rbac.authorization.k8s.io/v1 Role", "rbac.authorization.k8s.io/v1 ClusterRole",
		"rbac.authorization.k8s.io/v1 RoleBinding", "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
		"v1 Service", "networking.k8s.io/v1 NetworkPolicy", "networking.k8s.io/v1 Ingress",
		"v1 LimitRange", "v1 ResourceQuota", "scheduling.k8s.io/v1 PriorityClass", "node.k8s.io/v1 RuntimeClass",
		policies + "ValidatingAdmissionPolicy", policies + "ValidatingAdmissionPolicyBinding",
		policies + "MutatingAdmissionPolicy", policies + "MutatingAdmissionPolicyBinding",
		policies + "ValidatingWebhookConfiguration", policies + "MutatingWebhookConfiguration",
	} {
		apiVersion, name, _ := strings.Cut(kind, " ")
		if object, _ := newObject(typeMeta(apiVersion, name)); object == nil {
			t.Errorf("%s is not read", kind)
		}
		plural, _ := meta.UnsafeGuessKindToResource(schema.FromAPIVersionAndKind(apiVersion, name))
		loaded = append(loaded, plural.Resource)
	}
	slices.Sort(loaded)
	if diff := cmp.Diff(known, loaded); diff != "" {
		t.Errorf("sources and kinds differ (-sources +kinds):\n%s", diff)
	}
}
