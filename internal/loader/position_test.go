package loader

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/snapshot"
)

const placed = `# A comment before everything.
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
spec:
  template:
    spec:
      hostPID: true
      containers:
      - name: app
        image: a
      - name: side
        securityContext:
          privileged: true
---
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly, namespace: jobs}
  spec:
    jobTemplate:
      spec:
        template:
          spec:
            containers: [{name: a}]
- apiVersion: v1
  kind: Pod
  metadata: {generateName: once-, namespace: jobs}
  spec:
    containers:
    - image: b
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: no-workload}
`

func TestPositions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(placed), 0o600); err != nil {
		t.Fatal(err)
	}
	positions := Positions([]string{file, Stdin, filepath.Join(t.TempDir(), "none.yaml")}, "shop")
	if len(positions) != 3 {
		t.Errorf("%d positions, want 3", len(positions))
	}
	cart := snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "cart"}
	nightly := snapshot.Key{Group: "batch", Kind: "CronJob", Namespace: "jobs", Name: "nightly"}
	once := snapshot.Key{Kind: "Pod", Namespace: "jobs", Name: "once"}
	for _, test := range []struct {
		name  string
		key   snapshot.Key
		field string
		want  int
	}{
		{"a field stands on the line of its name", cart, "spec.hostPID", 10},
		{"a field within a list", cart, "spec.containers[1].securityContext.privileged", 16},
		{"a field that is not there stands for what it would be in", cart, "spec.containers[0].securityContext.privileged", 12},
		{"an index that is not there", cart, "spec.containers[7].image", 11},
		{"what is no field stands for the workload", cart, "RoleBinding shop/a -> Role shop/b rules[0]", 3},
		{"no field at all", cart, "", 3},
		{"the template of a CronJob, in a List", nightly, "spec.containers[0].image", 29},
		{"the workload in a List", nightly, "", 21},
		{"a pod without a template, whose name is made", once, "spec.containers[0].image", 35},
	} {
		t.Run(test.name, func(t *testing.T) {
			position, ok := positions[test.key]
			if !ok {
				t.Fatalf("%s has no position", test.key)
			}
			if diff := cmp.Diff(test.want, position.Line(test.field)); diff != "" || position.File != file {
				t.Errorf("%s: line (-want +got):\n%s", position.File, diff)
			}
		})
	}
}

func TestPositionsOfWhatIsBrokenAreLeftOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "broken.yaml")
	text := "a: [\n---\n- 1\n---\nkind: Pod\napiVersion: v1\nmetadata: 3\n---\nkind: Pod\napiVersion: v1\nmetadata: &m {name: a}\nspec: *m\n" +
		"---\n{\"kind\":\"Pod\",\n\t\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"},\"spec\":{\n\t\"hostPID\":true}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for key, position := range Positions([]string{file}, "") {
		got[key.String()] = position.Line("spec.hostPID")
	}
	if diff := cmp.Diff(map[string]int{"Pod default/a": 12, "Pod default/b": 16}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
