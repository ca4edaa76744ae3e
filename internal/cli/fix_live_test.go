package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// dangerousTemplate has findings of many kinds: lists that are merged, lists that are replaced, fields that go.
const dangerousTemplate = `
      metadata: {labels: {app: app}}
      spec:
        hostPID: true
        serviceAccountName: app
        restartPolicy: RESTART
        securityContext: {runAsUser: 0, sysctls: [{name: kernel.msgmax, value: "1"}, {name: net.ipv4.tcp_syncookies, value: "1"}]}
        tolerations: [{operator: Exists}]
        initContainers:
        - {name: setup, image: a, securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN]}}}
        containers:
        - name: app
          image: a
          ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81}]
          livenessProbe: {httpGet: {port: 80, host: 10.0.0.1}}
          securityContext: {privileged: true, seccompProfile: {type: Unconfined}, procMount: Default}
          volumeMounts: [{name: root, mountPath: /host}, {name: logs, mountPath: /logs}, {name: cache, mountPath: /cache}]
        - {name: other, image: b, volumeMounts: [{name: root, mountPath: /host, readOnly: true}]}
        volumes:
        - {name: root, hostPath: {path: /}}
        - {name: cache, emptyDir: {}}
        - {name: logs, hostPath: {path: /var/log}}
        - {name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}
`

// dangerousWorkloads has them in every kind that has a template.
func dangerousWorkloads() string {
	indented := func(by, restart string) string {
		text := strings.ReplaceAll(strings.ReplaceAll(dangerousTemplate, "RESTART", restart), "\n      ", "\n"+by)
		return strings.TrimRight(text, "\n")
	}
	always, selector := indented("      ", "Always"), "selector: {matchLabels: {app: app}}"
	return `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: shop}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: admins}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
  subjects: [{kind: ServiceAccount, name: app, namespace: shop}, {kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: app, namespace: shop, labels: {app.kubernetes.io/managed-by: Helm}}
  spec:
    ` + selector + `
    template:` + always + `
- apiVersion: apps/v1
  kind: StatefulSet
  metadata: {name: app, namespace: shop}
  spec:
    serviceName: app
    ` + selector + `
    template:` + always + `
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: app, namespace: shop}
  spec:
    ` + selector + `
    template:` + always + `
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata: {name: alone, namespace: shop}
  spec:
    ` + selector + `
    template:` + always + `
- apiVersion: v1
  kind: ReplicationController
  metadata: {name: app, namespace: shop}
  spec:
    template:` + always + `
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: app, namespace: shop}
  spec:
    schedule: "0 0 * * *"
    jobTemplate:
      spec:
        template:` + indented("          ", "Never") + `
- apiVersion: batch/v1
  kind: Job
  metadata: {name: once, namespace: shop}
  spec:
    template:` + indented("      ", "Never") + "\n"
}

// An API server makes of a printed patch what was promised.
func TestThePatchesOfAnAPIServer(t *testing.T) {
	c := cluster.StartFor(t, cluster.Options{NoAudit: true})
	if err := c.ApplyYAML(t.Context(), dangerousWorkloads()); err != nil {
		t.Fatal(err)
	}
	live := func(t *testing.T, args ...string) outcome {
		t.Helper()
		args = append(args, "-n", "shop", "--kubeconfig", c.Kubeconfig(), "--cache-dir", t.TempDir())
		got := run(t, "", append([]string{"fix"}, args...)...)
		if got.code != exitClean {
			t.Fatalf("exit code %d: %s", got.code, got.err)
		}
		return got
	}
	t.Run("a binding loses the ServiceAccount and nobody else", func(t *testing.T) {
		printed := live(t, "deployment/app", "--check", "RBACClusterAdmin").out
		file := written(t, printed)
		if out, err := c.Kubectl(t.Context(), "patch", "clusterrolebinding", "admins", "--patch-file", file); err != nil {
			t.Fatalf("%v: %s in\n%s", err, out, printed)
		}
		out, err := c.Kubectl(t.Context(), "get", "clusterrolebinding", "admins", "-o", "jsonpath={.subjects[*].name}")
		if err != nil || out != "alice" {
			t.Errorf("%v %q", err, out)
		}
	})
	for _, workload := range []string{"deployment/app", "statefulset/app", "daemonset/app", "replicaset/alone", "replicationcontroller/app", "cronjob/app"} {
		t.Run(workload, func(t *testing.T) { patchOf(t, c, workload, live) })
	}
	t.Run("a Job is made anew", func(t *testing.T) {
		file := written(t, live(t, "job/once", "--all").out)
		for _, args := range [][]string{{"delete", "job", "once", "-n", "shop", "--cascade=background", "--timeout=20s"}, {"create", "-f", file}} {
			if out, err := c.Kubectl(t.Context(), args...); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		if again := live(t, "job/once", "--all", "-o", "json"); !strings.Contains(again.out, `"changes": []`) {
			t.Error(again.out)
		}
	})
}

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "patch.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func patchOf(t *testing.T, c *cluster.Cluster, workload string, live func(*testing.T, ...string) outcome) {
	t.Helper()
	var promised fix.Result
	decodeJSON(t, live(t, workload, "--all", "-o", "json").out, &promised)
	before := objectOf(t, c, &promised.Workload)
	want, err := fix.Fixed(before, checksOf(promised.Changes))
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, live(t, workload, "--all").out)
	kind, name, _ := strings.Cut(workload, "/")
	if out, err := c.Kubectl(t.Context(), "patch", kind, name, "-n", "shop", "--patch-file", file); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := objectOf(t, c, &promised.Workload)
	if !equality.Semantic.DeepEqual(fix.PodSpec(want), fix.PodSpec(got)) {
		t.Errorf("(-promised +made):\n%s", cmp.Diff(fix.PodSpec(want), fix.PodSpec(got)))
	}
	var after fix.Result
	decodeJSON(t, live(t, workload, "--all", "-o", "json").out, &after)
	if after.Before != promised.After || len(after.Changes) > 0 || len(promised.Changes) < 10 {
		t.Errorf("promised %+v, found %+v; %d changes, left %+v", promised.After, after.Before, len(promised.Changes), after.Changes)
	}
	if helm := len(promised.Notes) > 0 && strings.HasPrefix(promised.Notes[0], "Helm manages it"); helm != (workload == "deployment/app") {
		t.Errorf("notes: %v", promised.Notes)
	}
}

func checksOf(changes []fix.Change) []posture.Check {
	var out []posture.Check
	for i := range changes {
		check, _ := checkOf(changes[i].Check)
		out = append(out, check)
	}
	return out
}

func objectOf(t *testing.T, c *cluster.Cluster, ref *fix.Reference) fix.Object {
	t.Helper()
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind))
	if err := c.Client().Get(t.Context(), client.ObjectKey{Namespace: ref.Namespace, Name: ref.Name}, object); err != nil {
		t.Fatal(err)
	}
	decoded, err := fix.Decode(object.Object)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}
