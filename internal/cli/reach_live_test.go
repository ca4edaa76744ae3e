package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery"

	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// smallCluster has one pod for each ServiceAccount, and bindings of every kind to them.
const smallCluster = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: Namespace, metadata: {name: tools}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: cart, namespace: shop}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: deployer, namespace: shop}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: tools}}
- {apiVersion: v1, kind: Pod, metadata: {name: cart, namespace: shop}, spec: {serviceAccountName: cart, containers: [{name: a, image: a}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: deployer, namespace: shop}, spec: {serviceAccountName: deployer, containers: [{name: a, image: a}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: operator, namespace: tools}, spec: {serviceAccountName: operator, containers: [{name: a, image: a}]}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: some, namespace: shop}
  rules:
  - {apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get, list]}
  - {apiGroups: ["*"], resources: ["*/scale"], verbs: [update]}
  - {apiGroups: [""], resources: ["pods/*"], verbs: [create]}
  - {apiGroups: [""], resources: [namespaces], verbs: [get]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: some, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: some}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:shop"}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: deployers, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
  subjects: [{kind: ServiceAccount, name: deployer, namespace: shop}, {kind: ServiceAccount, name: operator, namespace: tools}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: reader}
  rules:
  - {apiGroups: ["", apps], resources: [nodes, pods, deployments, nodes/proxy], verbs: [get, list]}
  - {nonResourceURLs: ["/metrics", "/debug/*"], verbs: [get]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: reader}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
  subjects: [{kind: ServiceAccount, name: operator, namespace: tools}]
`

func smallClusterOf(t *testing.T) *cluster.Cluster {
	t.Helper()
	c := cluster.StartFor(t, cluster.Options{NoAudit: true})
	if err := c.ApplyYAML(t.Context(), smallCluster); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReachOnAnAPIServer(t *testing.T) {
	c := smallClusterOf(t)
	t.Run("reach answers what a SubjectAccessReview answers", func(t *testing.T) { compareWithReviews(t, c) })
	t.Run("the resources that are built in are those that are served", func(t *testing.T) { compareResources(t, c) })
	t.Run("a user who may not read roles is told so", func(t *testing.T) { refuseRoles(t, c) })
	t.Run("a token in a Secret counts where it is asked for", func(t *testing.T) { readTokens(t, c) })
}

// reachLive asks a cluster; the cache of discovery is one of the test's own.
func reachLive(t *testing.T, kubeconfig string, args ...string) outcome {
	t.Helper()
	return run(t, "", append([]string{"reach", "-o", "json", "--kubeconfig", kubeconfig, "--cache-dir", t.TempDir()}, args...)...)
}

func compareWithReviews(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	yes, no := 0, 0
	for _, args := range []string{
		"get pods -n shop", "get pods -n tools", "list deploy -n tools", "create pods/exec -n shop", "create pods/exec -n tools",
		"update deployments/scale -n shop", "update deployments.apps/scale x -n tools", "get secrets -n shop", "get secrets db -n shop",
		"list secrets db -n shop", "watch secrets db -n shop", "get secrets other -n shop", "get nodes", "get nodes/proxy -n shop",
		"get namespaces shop", "get namespaces tools", "list namespaces", "get /metrics", "get /debug/pprof", "get /debug", "get /healthz",
		"* * -n shop", "* * -n tools", "impersonate serviceaccounts cart -n shop", "impersonate users x", "delete clusterroles",
		"create serviceaccounts/token cart -n shop", "get crd", "approve certificatesigningrequests", "get widgets.example.com -n shop",
	} {
		got := reachLive(t, c.Kubeconfig(), strings.Fields(args)...)
		if got.code != exitClean {
			t.Fatalf("%s: exit code %d: %s", args, got.code, got.err)
		}
		var result reach.Result
		if err := json.Unmarshal([]byte(got.out), &result); err != nil {
			t.Fatal(err)
		}
		able := map[string]bool{}
		for i := range result.Workloads {
			able[result.Workloads[i].Workload.Name] = true
		}
		for account, namespace := range map[string]string{"cart": "shop", "deployer": "shop", "operator": "tools"} {
			allowed := review(t, c, cluster.ServiceAccountUser(namespace, account), namespace, &result.Question)
			if allowed != able[account] {
				t.Errorf("%s by %s: reach says %v, the API server %v", args, account, able[account], allowed)
			}
			if allowed {
				yes++
			} else {
				no++
			}
		}
	}
	if yes < 20 || no < 20 {
		t.Errorf("the questions say little: %d yes, %d no", yes, no)
	}
}

// review asks the API server what it decides on a request, for which it takes a namespace to be within itself.
func review(t *testing.T, c *cluster.Cluster, user, namespace string, q *reach.Question) bool {
	t.Helper()
	r := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:   user,
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"},
	}}
	if q.NonResourceURL != "" {
		r.Spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: q.NonResourceURL, Verb: q.Verb}
	} else {
		at := q.Namespace
		if q.Resource == "namespaces" {
			at = q.Name
		}
		r.Spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Verb: q.Verb, Group: q.APIGroup, Resource: q.Resource, Subresource: q.Subresource, Namespace: at, Name: q.Name,
		}
	}
	if err := c.Client().Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r.Status.Allowed
}

func compareResources(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	lists, err := client.ServerPreferredResources()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]resource{}
	for _, list := range lists {
		group := groupOf(list.GroupVersion)
		for i := range list.APIResources {
			r := &list.APIResources[i]
			served[r.Name+"."+group] = resource{group, r.Name, r.SingularName, r.ShortNames, !r.Namespaced}
		}
	}
	builtin := map[string]resource{}
	for _, r := range builtinResources() {
		builtin[r.plural+"."+r.group] = r
	}
	if diff := cmp.Diff(served, builtin, cmp.AllowUnexported(resource{})); diff != "" {
		t.Errorf("(-served +built in):\n%s", diff)
	}
}

func groupOf(groupVersion string) string {
	group, _, named := strings.Cut(groupVersion, "/")
	if !named {
		return corev1.GroupName
	}
	return group
}

func refuseRoles(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	config, err := c.RestConfigFor(t.Context(), "tools", "operator")
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := cluster.WriteKubeconfig(config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	got := reachLive(t, kubeconfig, "get", "pods", "-n", "shop")
	if got.code != exitError || !strings.Contains(got.err, "Error: rolebindings cannot be read (Forbidden)\n") {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

// readTokens needs no controller: what makes a Secret a token is its type.
func readTokens(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for _, manifest := range []string{
		"{apiVersion: v1, kind: Secret, metadata: {name: operator-token, namespace: tools, annotations: " +
			"{kubernetes.io/service-account.name: operator}}, type: kubernetes.io/service-account-token, stringData: {extra: " + canary + "}}",
		"{apiVersion: v1, kind: Secret, metadata: {name: fake, namespace: tools, annotations: " +
			"{kubernetes.io/service-account.name: operator}}, stringData: {token: " + canary + "}}",
		"{apiVersion: v1, kind: ServiceAccount, metadata: {name: thief, namespace: tools}}",
		"{apiVersion: v1, kind: Pod, metadata: {name: thief, namespace: tools}, spec: {serviceAccountName: thief, containers: " +
			"[{name: a, image: a, envFrom: [{secretRef: {name: operator-token}}]}]}}",
		"{apiVersion: v1, kind: Pod, metadata: {name: fooled, namespace: tools}, spec: {serviceAccountName: thief, containers: " +
			"[{name: a, image: a, envFrom: [{secretRef: {name: fake}}]}]}}",
	} {
		if err := c.ApplyYAML(t.Context(), manifest); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		flags  []string
		want   []string
		untold int
	}{
		{nil, []string{"operator by "}, 2},
		{[]string{"--secret-metadata"}, []string{"operator by ", "thief by operator-token"}, 0},
	} {
		got := reachLive(t, c.Kubeconfig(), append([]string{"list", "nodes"}, test.flags...)...)
		if got.code != exitClean || strings.Contains(got.out+got.err, canary) {
			t.Fatalf("exit code %d: %s", got.code, got.err)
		}
		var result reach.Result
		if err := json.Unmarshal([]byte(got.out), &result); err != nil {
			t.Fatal(err)
		}
		var able []string
		for i := range result.Workloads {
			r := &result.Workloads[i]
			if r.ServiceAccount != "operator" {
				t.Errorf("%s acts as %s", r.Workload.Name, r.ServiceAccount)
			}
			able = append(able, r.Workload.Name+" by "+strings.Join(r.TokenSecrets, ","))
		}
		if diff := cmp.Diff(test.want, able); diff != "" || result.Untold != test.untold {
			t.Errorf("%v: untold %d, workloads (-want +got):\n%s", test.flags, result.Untold, diff)
		}
	}
}
