package reach

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
)

const rbacVersion = "apiVersion: rbac.authorization.k8s.io/v1\n"

// pods are three workloads: one with a token, one of another namespace, one without a token.
const pods = `
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: team}
spec: {serviceAccountName: app, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: far, namespace: other}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: mute, namespace: team}
spec: {serviceAccountName: app, automountServiceAccountToken: false, containers: [{name: a, image: a, envFrom: [{secretRef: {name: db}}]}]}
`

// bound gives a rule to a subject: by a ClusterRoleBinding, or by a RoleBinding of the namespace.
func bound(namespace, subject, rule string) string {
	kind := "ClusterRoleBinding"
	if namespace != "" {
		kind = "RoleBinding"
	}
	return "---\n" + rbacVersion + "kind: ClusterRole\nmetadata: {name: r}\nrules: [{" + rule + "}]\n---\n" + rbacVersion + "kind: " + kind +
		"\nmetadata: {name: b, namespace: '" + namespace + "'}\nroleRef: {kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io}\n" +
		"subjects: [{" + subject + "}]\n"
}

const (
	app  = "kind: ServiceAccount, name: app, namespace: team"
	team = "kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts:team'"
	all  = "kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts'"

	readPods   = "verbs: [get], apiGroups: [''], resources: [pods]"
	readDB     = "verbs: [get, list], apiGroups: [''], resources: [secrets], resourceNames: [db]"
	anything   = "verbs: ['*'], apiGroups: ['*'], resources: ['*']"
	anyScale   = "verbs: [update], apiGroups: ['*'], resources: ['*/scale']"
	podsAll    = "verbs: [create], apiGroups: [''], resources: ['pods/*']"
	readURL    = "verbs: [get], nonResourceURLs: ['/debug/*']"
	namespaces = "verbs: [patch], apiGroups: [''], resources: [namespaces]"
)

// find loads manifests and returns a line for each row: its pod, yes or no for its token, and its ways.
func find(t *testing.T, manifests string, q Question, withoutToken bool) []string {
	t.Helper()
	result := findAll(t, manifests, q, withoutToken)
	var lines []string
	for i := range result.Workloads {
		r := &result.Workloads[i]
		line := r.Workload.Name + " no"
		if r.Token {
			line = r.Workload.Name + " yes"
		}
		if r.Condition != "" {
			line += " if"
		}
		for j := range r.Through {
			line += "; " + strings.Join(append(r.Through[j].Verbs, r.Through[j].String()), " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func findAll(t *testing.T, manifests string, q Question, withoutToken bool) *Result {
	t.Helper()
	m := model.New()
	read := loader.Files([]string{loader.Stdin}, strings.NewReader(manifests), "default", m)
	if len(read.Errors) > 0 {
		t.Fatal(read.Errors)
	}
	c := config.Default()
	engine := assess.NewEngine(m, assess.New(c.PostureSettings()), nil)
	engine.Observe(m.Snapshot.Workloads()...)
	engine.ObserveRights()
	engine.Solve()
	finder := Finder{
		Snapshot: read.Snapshot, Grants: m.Grants, Settings: c.PostureSettings(), Engine: engine, Excludes: c.Excludes,
		WithoutToken: withoutToken,
	}
	result, _ := finder.Find(q)
	return result
}

func TestWhoCanMakeARequest(t *testing.T) {
	get := Question{Verb: "get", Resource: "pods", Namespace: "team"}
	at := func(namespace string) Question { q := get; q.Namespace = namespace; return q }
	anywhere := Question{Verb: "get", Resource: "pods", AnyNamespace: true}
	secret := Question{Verb: "get", Resource: "secrets", Namespace: "team", Name: "db"}
	exec := Question{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "team"}
	const byCluster, byRole = "; get ClusterRoleBinding b -> ClusterRole r", "; get RoleBinding team/b -> ClusterRole r"
	for _, test := range []struct {
		name, given string
		asked       Question
		want        []string
	}{
		{"a ClusterRoleBinding, in any namespace", bound("", app, readPods), at("other"), []string{"app yes" + byCluster}},
		{"a RoleBinding, in its namespace", bound("team", app, readPods), get, []string{"app yes" + byRole}},
		{"a RoleBinding, in another namespace", bound("team", app, readPods), at("other"), nil},
		{"a RoleBinding, anywhere", bound("team", app, readPods), anywhere, []string{"app yes" + byRole}},
		{"a ClusterRoleBinding, anywhere", bound("", app, readPods), anywhere, []string{"app yes" + byCluster}},
		{"a RoleBinding, in no namespace", bound("team", app, anything), Question{Verb: "get", Resource: "nodes"}, nil},
		{
			"a RoleBinding, on its own namespace", bound("team", app, namespaces),
			Question{Verb: "patch", Resource: "namespaces", Name: "team"},
			[]string{"app yes; patch RoleBinding team/b -> ClusterRole r"},
		},
		{"the ServiceAccounts of a namespace", bound("", team, readPods), get, []string{"app yes" + byCluster + " (group system:serviceaccounts:team)"}},
		{"all ServiceAccounts", bound("", all, readPods), get, []string{
			"far yes" + byCluster + " (group system:serviceaccounts)", "app yes" + byCluster + " (group system:serviceaccounts)",
		}},
		{"a name that the rule has", bound("", app, readDB), secret, []string{"app yes" + byCluster}},
		{"a name that it has not", bound("", app, readDB), Question{Verb: "get", Resource: "secrets", Namespace: "team", Name: "x"}, nil},
		{"any name", bound("", app, readDB), Question{Verb: "get", Resource: "secrets", Namespace: "team"}, nil},
		{"wildcards", bound("", app, anything), exec, []string{"app yes; create ClusterRoleBinding b -> ClusterRole r"}},
		{"a resource is not its subresource", bound("", app, readPods), Question{Verb: "get", Resource: "pods", Subresource: "log"}, nil},
		{
			"a subresource of any resource", bound("", app, anyScale),
			Question{Verb: "update", APIGroup: "apps", Resource: "deployments", Subresource: "scale", Namespace: "team"},
			[]string{"app yes; update ClusterRoleBinding b -> ClusterRole r"},
		},
		{"pods/* is no wildcard", bound("", app, podsAll), exec, nil},
		{"a URL", bound("", app, readURL), Question{Verb: "get", NonResourceURL: "/debug/pprof"}, []string{"app yes" + byCluster}},
		{"a URL by a RoleBinding", bound("team", app, readURL), Question{Verb: "get", NonResourceURL: "/debug/pprof"}, nil},
		{"a wildcard of resources, on a URL", bound("", app, anything), Question{Verb: "get", NonResourceURL: "/debug/pprof"}, nil},
		{
			"who can read a Secret by a right or holds it", bound("", app, readDB), ToSecret("team", "db"),
			[]string{"mute no; spec.containers[0].envFrom[0].secretRef.name", "app yes; get list ClusterRoleBinding b -> ClusterRole r"},
		},
		{"a Secret of that name elsewhere", bound("team", app, readDB), ToSecret("other", "db"), nil},
		{
			"cluster-admin", bound("", app, anything), ToClusterAdmin(),
			[]string{"app yes; RBACClusterAdmin: ClusterRoleBinding b -> ClusterRole r rules[0]"},
		},
		{"everything in a namespace is not cluster-admin", bound("team", app, anything), ToClusterAdmin(), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, find(t, pods+test.given, test.asked, false)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestThoseWithoutATokenAreListedWhenAskedFor(t *testing.T) {
	given := pods + bound("team", app, readPods)
	want := []string{"app yes; get RoleBinding team/b -> ClusterRole r", "mute no if; get RoleBinding team/b -> ClusterRole r"}
	if diff := cmp.Diff(want, find(t, given, Question{Verb: "get", Resource: "pods", Namespace: "team"}, true)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnExcludedNamespaceIsCounted(t *testing.T) {
	m := model.New()
	read := loader.Files([]string{loader.Stdin}, strings.NewReader(pods+bound("", all, readPods)), "default", m)
	finder := Finder{Snapshot: read.Snapshot, Grants: m.Grants, Excludes: func(namespace string) bool { return namespace == "team" }}
	result, excluded := finder.Find(Question{Verb: "get", Resource: "pods"})
	if excluded != 2 || len(result.Workloads) != 1 || result.Workloads[0].Namespace != "other" {
		t.Errorf("%d excluded, %+v", excluded, result.Workloads)
	}
}

// A pod of team that takes Secrets, and what is known of one of them.
const taking = `---
apiVersion: v1
kind: Secret
metadata: {name: app-token, namespace: team, annotations: {kubernetes.io/service-account.name: app}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: Pod
metadata: {name: thief, namespace: team}
spec: {serviceAccountName: other, automountServiceAccountToken: false, containers: [{name: a, image: a, envFrom: [{secretRef: {name: SECRET}}]}]}
`

func TestATokenFromASecretIsAWay(t *testing.T) {
	taken, notKnown := strings.Replace(taking, "SECRET", "app-token", 1), strings.Replace(taking, "SECRET", "x", 1)
	for _, test := range []struct {
		name, given string
		asked       Question
		want        []string
		untold      int
	}{
		{"to a request", taken + bound("", app, readPods), Question{Verb: "get", Resource: "pods", Namespace: "team"}, []string{"thief app [app-token]"}, 0},
		{"to a Secret", taken + bound("", app, readDB), ToSecret("team", "db"), []string{"thief app [app-token]"}, 0},
		{"to everything", taken + bound("", app, anything), ToClusterAdmin(), []string{"thief other []"}, 0},
		{"that nobody can tell", notKnown + bound("", app, anything), ToClusterAdmin(), nil, 1},
		{"that does not lead there", taken + bound("", app, readPods), Question{Verb: "delete", Resource: "pods", Namespace: "team"}, nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := findAll(t, test.given, test.asked, false)
			var got []string
			for i := range result.Workloads {
				r := &result.Workloads[i]
				got = append(got, fmt.Sprintf("%s %s %v", r.Workload.Name, r.ServiceAccount, r.TokenSecrets))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || result.Untold != test.untold {
				t.Errorf("untold %d, workloads (-want +got):\n%s", result.Untold, diff)
			}
		})
	}
}
