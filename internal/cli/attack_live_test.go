package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// attackedCluster has a pod that becomes root on the node where one of a cluster-admin runs, a pod of a kind of its own, and
// a user who sees no nodes.
const attackedCluster = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: Namespace, metadata: {name: tools}}
- {apiVersion: v1, kind: Node, metadata: {name: worker-1}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: tools}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: viewer, namespace: tools}}
- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata: {name: rollouts.example.com}
  spec:
    group: example.com
    scope: Namespaced
    names: {plural: rollouts, singular: rollout, kind: Rollout, shortNames: [ro]}
    versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
- apiVersion: v1
  kind: Pod
  metadata: {name: cart, namespace: shop}
  spec:
    nodeName: worker-1
    automountServiceAccountToken: false
    containers: [{name: a, image: a, securityContext: {privileged: true}}]
- apiVersion: v1
  kind: Pod
  metadata:
    name: web-1
    namespace: shop
    ownerReferences: [{apiVersion: example.com/v1, kind: Rollout, name: web, uid: 6b1f3a0e-0000-4000-8000-000000000000, controller: true}]
  spec: {automountServiceAccountToken: false, containers: [{name: a, image: a}]}
- {apiVersion: v1, kind: Pod, metadata: {name: operator, namespace: tools}, spec: {nodeName: worker-1, serviceAccountName: operator, containers: [{name: a, image: a}]}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: operator}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
  subjects: [{kind: ServiceAccount, name: operator, namespace: tools}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: viewer}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: viewer}
  subjects: [{kind: ServiceAccount, name: viewer, namespace: tools}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: viewer}
  rules: [{apiGroups: [""], resources: [pods, serviceaccounts, namespaces], verbs: [list]}]
`

func TestTheAttackGraphOfAnAPIServer(t *testing.T) {
	c := cluster.StartFor(t, cluster.Options{NoAudit: true})
	if err := c.ApplyYAML(t.Context(), attackedCluster); err != nil {
		t.Fatal(err)
	}
	live := func(kubeconfig string, args ...string) outcome {
		return run(t, "", append(args, "--kubeconfig", kubeconfig, "--cache-dir", t.TempDir())...)
	}
	ask := func(t *testing.T, into any, args ...string) {
		t.Helper()
		got := live(c.Kubeconfig(), append(args, "-o", "json")...)
		if got.code != exitClean || got.err != "" {
			t.Fatalf("exit code %d: %s", got.code, got.err)
		}
		if err := json.Unmarshal([]byte(got.out), into); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("explain counts what a workload reaches in other namespaces", func(t *testing.T) {
		var e report.Explanation
		ask(t, &e, "explain", "po/cart", "-n", "shop")
		// The namespaces that every cluster has are reached too.
		want := &report.Counts{Pods: 2, Nodes: 1, Namespaces: e.Certain.Namespaces}
		if diff := cmp.Diff(want, e.Certain); diff != "" || want.Namespaces < 2 {
			t.Errorf("%d namespaces (-want +got):\n%s", want.Namespaces, diff)
		}
		if admin := &e.Answers[0]; admin.Answer != finding.Yes || len(admin.Path) != 3 {
			t.Errorf("%+v", admin)
		}
		if r := e.Report.Status.Restart; r.Verdict != "NotRecreated" {
			t.Errorf("restart: %+v", r)
		}
	})
	t.Run("a kind of its own is found by the names that the cluster serves", func(t *testing.T) { findRollout(t, c) })
	t.Run("reach lists who gets to a node", func(t *testing.T) {
		var result reach.Result
		ask(t, &result, "reach", "--to", "node/worker-1")
		got := make([]string, 0, len(result.Workloads))
		for i := range result.Workloads {
			got = append(got, result.Workloads[i].Workload.Name)
		}
		if diff := cmp.Diff([]string{"cart", "operator"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("graph draws who becomes cluster-admin", func(t *testing.T) {
		got := live(c.Kubeconfig(), "graph")
		for _, want := range []string{`"Pod shop/cart"`, `"TokenOnNode"`, `peripheries=2`} {
			if got.code != exitClean || !strings.Contains(got.out, want) {
				t.Errorf("no %s in %+v", want, got)
			}
		}
	})
	t.Run("a shell completes names", func(t *testing.T) {
		got := run(t, "", "__complete", "explain", "--kubeconfig", c.Kubeconfig(), "-n", "shop", "pod/")
		if got.out != "pod/cart\npod/web-1\n:4\n" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a user who sees no nodes and bindings is told what is missing", func(t *testing.T) { seeLess(t, c) })
}

// findRollout asks once the cluster serves the kind.
func findRollout(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if _, err := c.Kubectl(t.Context(), "wait", "--for=condition=Established", "crd/rollouts.example.com", "--timeout=60s"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ro/web", "rollouts/web", "Rollout.example.com/web", "pod/web-1"} {
		got := run(t, "", "explain", name, "-n", "shop", "-o", "json", "--kubeconfig", c.Kubeconfig(), "--cache-dir", t.TempDir())
		if got.code != exitClean || !strings.Contains(got.out, `"kind": "Rollout"`) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func seeLess(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	config, err := c.RestConfigFor(t.Context(), "tools", "viewer")
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := cluster.WriteKubeconfig(config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args     string
		code     int
		out, err string
	}{
		{"explain pod/cart -n shop", exitClean, "BecomeClusterAdmin  Unknown", "Note: clusterrolebindings cannot be read (Forbidden)"},
		{"graph pod/cart -n shop", exitError, "root on Node worker-1", "Error: nodes cannot be read (Forbidden)"},
		{"reach --to node/worker-1", exitError, "root on Node worker-1", "Error: nodes cannot be read (Forbidden)"},
	} {
		got := run(t, "", append(strings.Fields(test.args), "--kubeconfig", kubeconfig, "--cache-dir", t.TempDir())...)
		if got.code != test.code || !strings.Contains(got.out, test.out) || !strings.Contains(got.err, test.err) {
			t.Errorf("%s: exit code %d, %s\n%s", test.args, got.code, got.err, got.out)
		}
	}
}
