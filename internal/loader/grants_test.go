package loader

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/golden"
)

// boundTo is a ClusterRoleBinding of the ServiceAccount default/app.
func boundTo(clusterRole string) string {
	return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n" +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: " + clusterRole + "}\n" +
		"subjects: [{kind: ServiceAccount, name: app, namespace: default}]\n"
}

// aggregating is a ClusterRole that takes in those with the label into: <name>, and is let in by into itself.
func aggregating(name, into string) string {
	return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + ", labels: {into: " + into + "}}\n" +
		"aggregationRule: {clusterRoleSelectors: [{matchLabels: {into: " + name + "}}]}\nrules: []\n"
}

// giving is a ClusterRole that lets read a resource.
func giving(name, into, resource string) string {
	return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + ", labels: {" + into + "}}\n" +
		"rules: [{verbs: [get], apiGroups: [''], resources: [" + resource + "]}]\n"
}

func TestGrantsAreRead(t *testing.T) {
	const get = "get"
	for _, test := range []struct {
		name, in string
		asked    rbac.Attributes
		want     bool
	}{
		{"a role in the files", boundTo("r") + giving("r", "", "pods"), rbac.Attributes{Verb: get, Resource: "pods"}, true},
		{"nothing else", boundTo("r") + giving("r", "", "pods"), rbac.Attributes{Verb: get, Resource: "secrets"}, false},
		{"a role that is nowhere", boundTo("r"), rbac.Attributes{Verb: get, Resource: "pods"}, false},
		{"a role that every cluster has", boundTo("cluster-admin"), rbac.Attributes{Verb: "delete", Resource: "nodes"}, true},
		{
			"one of these that is aggregated", boundTo("edit"),
			rbac.Attributes{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "a"},
			true,
		},
		{
			"aggregation over two steps", boundTo("admin"), rbac.Attributes{Verb: get, Resource: "configmaps", Namespace: "a"}, true,
		},
		{
			"what the files add to an aggregated one",
			boundTo("admin") + giving("r", "rbac.authorization.k8s.io/aggregate-to-view: 'true'", "nodes"),
			rbac.Attributes{Verb: get, Resource: "nodes"},
			true,
		},
		{
			"what the files put in the place of one", boundTo("cluster-admin") + giving("cluster-admin", "", "pods"),
			rbac.Attributes{Verb: get, Resource: "nodes"},
			false,
		},
		{
			"roles that let each other in", boundTo("a") + aggregating("a", "b") + aggregating("b", "a") + giving("r", "into: b", "pods"),
			rbac.Attributes{Verb: get, Resource: "pods"},
			true,
		},
		{
			"rules that a controller has filled in stay",
			boundTo("a") + strings.Replace(aggregating("a", "b"), "[]\n", "[{verbs: [get], apiGroups: [''], resources: [nodes]}]\n", 1) +
				giving("r", "into: a", "pods"),
			rbac.Attributes{Verb: get, Resource: "pods"},
			false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := model.New()
			l := newLoader("default", m)
			l.add("m.yaml", []byte(test.in))
			if r := l.finish(); len(r.Errors) > 0 || len(r.Ignored) > 0 {
				t.Fatalf("errors %v, ignored %v", r.Errors, r.Ignored)
			}
			rights := m.Grants.Resolve(rbac.ServiceAccount("default", "app"))
			if _, got := rights.Allows(test.asked); got != test.want {
				t.Errorf("%+v: %v", test.asked, got)
			}
		})
	}
}

func TestRolesAndBindingsOfFilesAreNamespaced(t *testing.T) {
	m := model.New()
	l := newLoader("team", m)
	l.add("m.yaml", []byte(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{verbs: [get], apiGroups: [""], resources: [pods]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: app}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b, namespace: team}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: app, namespace: team}]
`))
	if r := l.finish(); len(r.Errors) > 0 {
		t.Fatal(r.Errors)
	}
	rights := m.Grants.Resolve(rbac.ServiceAccount("team", "app"))
	var got []string
	for _, g := range rights.Allowing(rbac.Attributes{Verb: "get", Resource: "pods", Namespace: "team"}) {
		got = append(got, g.Binding.String()+" -> "+g.Role.String())
	}
	if diff := cmp.Diff([]string{"ClusterRoleBinding b -> ClusterRole view", "RoleBinding team/b -> Role team/r"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPodSecurityOfFilesIsThatOfTheirNamespaces(t *testing.T) {
	r := readText("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {pod-security.kubernetes.io/enforce: restricted}}\n")
	want := map[string]string{"a": "restricted", "b": "", "kube-system": "privileged", "": "privileged"}
	for namespace, level := range want {
		if got := r.Snapshot.PodSecurity().Level(namespace); got != level {
			t.Errorf("%q enforces %q, want %q", namespace, got, level)
		}
	}
}

// The roles that are embedded are those of a real API server, but for those that a controller of it aggregates.
func TestTheClusterRolesOfEveryClusterAreThoseOfTheAPIServer(t *testing.T) {
	c := cluster.StartFor(t, cluster.Options{NoAudit: true})
	var list rbacv1.ClusterRoleList
	if err := c.Client().List(t.Context(), &list, client.MatchingLabels{"kubernetes.io/bootstrapping": "rbac-defaults"}); err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for i := range list.Items {
		role := &list.Items[i]
		role.TypeMeta = metav1.TypeMeta{}
		role.ObjectMeta = metav1.ObjectMeta{Name: role.Name, Labels: role.Labels}
		delete(role.Labels, "kubernetes.io/bootstrapping")
		encoded, err := json.Marshal(role)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(encoded, '\n'))
	}
	if len(list.Items) == 0 {
		t.Fatal("the server has no ClusterRoles of its own")
	}
	golden.Compare(t, "clusterroles.jsonl", lines.String())
}
