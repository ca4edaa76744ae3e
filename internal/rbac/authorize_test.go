package rbac

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestRulesMatchAsTheAPIServerMatchesThem(t *testing.T) {
	for name, test := range map[string]struct {
		given string
		asked Attributes
		want  bool
	}{
		"a resource does not give its subresources": {"create pods", Attributes{Verb: "create", Resource: "pods", Subresource: "exec"}, false},
		"the wildcard gives subresources":           {"create *", Attributes{Verb: "create", Resource: "pods", Subresource: "exec"}, true},
		"*/exec gives exec of any resource":         {"create */exec", Attributes{Verb: "create", Resource: "pods", Subresource: "exec"}, true},
		"*/exec does not give the resource":         {"create */exec", Attributes{Verb: "create", Resource: "pods"}, false},
		"pods/* gives no subresource":               {"create pods/*", Attributes{Verb: "create", Resource: "pods", Subresource: "exec"}, false},
		"pods/* is a literal name":                  {"create pods/*", Attributes{Verb: "create", Resource: "pods", Subresource: "*"}, true},
		"extensions is not apps":                    {"get deployments in extensions", Attributes{Verb: "get", APIGroup: "apps", Resource: "deployments"}, false},
		"the group wildcard gives the core group":   {"get pods in *", Attributes{Verb: "get", Resource: "pods"}, true},
		"a name gives that object":                  {"get secrets named db", Attributes{Verb: "get", Resource: "secrets", Name: "db"}, true},
		"a name gives no other":                     {"get secrets named db", Attributes{Verb: "get", Resource: "secrets", Name: "api"}, false},
		"a name is no glob":                         {"get secrets named *", Attributes{Verb: "get", Resource: "secrets", Name: "api"}, false},
		"a list without a name is not given":        {"list secrets named db", Attributes{Verb: "list", Resource: "secrets"}, false},
		"a list with the name in its selector is":   {"list secrets named db", Attributes{Verb: "list", Resource: "secrets", Name: "db"}, true},
		"a subresource carries the name":            {"create serviceaccounts/token named ci", Attributes{Verb: "create", Resource: "serviceaccounts", Subresource: "token", Name: "ci"}, true},
		"a path is not a prefix":                    {"get url /healthz", Attributes{Verb: "get", Path: "/healthz/ping"}, false},
		"a trailing wildcard is":                    {"get url /healthz*", Attributes{Verb: "get", Path: "/healthz/ping"}, true},
		"a wildcard within a path is literal":       {"get url /a*z", Attributes{Verb: "get", Path: "/abz"}, false},
		"a path does not ask for resources":         {"get *", Attributes{Verb: "get", Path: "/metrics"}, false},
		"verbs are exact":                           {"get pods", Attributes{Verb: "GET", Resource: "pods"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			rights := indexOf(test.given).Resolve(app)
			if _, got := rights.Allows(test.asked); got != test.want {
				t.Errorf("%q on %+v: got %v", test.given, test.asked, got)
			}
		})
	}
}

func TestABindingGivesRightsInItsScopeOnly(t *testing.T) {
	for name, test := range map[string]struct {
		given string
		asked Attributes
		want  bool
	}{
		"a RoleBinding in its namespace":             {"team: get pods", Attributes{Verb: "get", Resource: "pods", Namespace: "team"}, true},
		"a RoleBinding in another":                   {"team: get pods", Attributes{Verb: "get", Resource: "pods", Namespace: "other"}, false},
		"a RoleBinding without a namespace":          {"team: get nodes", Attributes{Verb: "get", Resource: "nodes"}, false},
		"a ClusterRoleBinding in any namespace":      {"get pods", Attributes{Verb: "get", Resource: "pods", Namespace: "other"}, true},
		"a RoleBinding on its own namespace":         {"team: patch namespaces", Attributes{Verb: "patch", Resource: "namespaces", Namespace: "team", Name: "team"}, true},
		"a RoleBinding on URLs":                      {"team: get url /metrics", Attributes{Verb: "get", Path: "/metrics"}, false},
		"a RoleBinding on impersonation of accounts": {"team: impersonate serviceaccounts", Attributes{Verb: "impersonate", Resource: "serviceaccounts", Namespace: "team", Name: "x"}, true},
		"a RoleBinding on bind of ClusterRoles": {
			"team: bind clusterroles in rbac.authorization.k8s.io",
			Attributes{Verb: "bind", APIGroup: rbacGroup, Resource: "clusterroles", Namespace: "team", Name: "cluster-admin"},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			rights := indexOf(test.given).Resolve(app)
			if _, got := rights.Allows(test.asked); got != test.want {
				t.Errorf("%q on %+v: got %v", test.given, test.asked, got)
			}
		})
	}
}

func TestSubjectsMatchAsTheAPIServerMatchesThem(t *testing.T) {
	for name, test := range map[string]struct {
		subject         rbacv1.Subject
		cluster, inTeam bool
	}{
		"the ServiceAccount":                          {rbacv1.Subject{Kind: "ServiceAccount", Namespace: "team", Name: "app"}, true, true},
		"a ServiceAccount without a namespace":        {rbacv1.Subject{Kind: "ServiceAccount", Name: "app"}, false, true},
		"its user name":                               {rbacv1.Subject{Kind: "User", Name: "system:serviceaccount:team:app"}, true, true},
		"the user name of another":                    {rbacv1.Subject{Kind: "User", Name: "system:serviceaccount:team:api"}, false, false},
		"a user of the same name":                     {rbacv1.Subject{Kind: "User", Name: "app"}, false, false},
		"all ServiceAccounts":                         {rbacv1.Subject{Kind: "Group", Name: "system:serviceaccounts"}, true, true},
		"those of its namespace":                      {rbacv1.Subject{Kind: "Group", Name: "system:serviceaccounts:team"}, true, true},
		"those of another namespace":                  {rbacv1.Subject{Kind: "Group", Name: "system:serviceaccounts:other"}, false, false},
		"everyone with a credential":                  {rbacv1.Subject{Kind: "Group", Name: "system:authenticated"}, true, true},
		"everyone without one":                        {rbacv1.Subject{Kind: "Group", Name: "system:unauthenticated"}, false, false},
		"an unknown kind":                             {rbacv1.Subject{Kind: "Robot", Namespace: "team", Name: "app"}, false, false},
		"a kind in another case":                      {rbacv1.Subject{Kind: "serviceaccount", Namespace: "team", Name: "app"}, false, false},
		"the ServiceAccount with a foreign API group": {rbacv1.Subject{Kind: "ServiceAccount", APIGroup: "x", Namespace: "team", Name: "app"}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			x.UpsertClusterRole(clusterRole("r", "get pods"))
			crb, rb := clusterRoleBinding("b", "r"), roleBinding("team", "b", "ClusterRole", "r")
			crb.Subjects, rb.Subjects = []rbacv1.Subject{test.subject}, []rbacv1.Subject{test.subject}
			asked := Attributes{Verb: "get", Resource: "pods", Namespace: "team"}
			x.UpsertClusterRoleBinding(crb)
			rights := x.Resolve(app)
			if _, got := rights.Allows(asked); got != test.cluster {
				t.Errorf("by a ClusterRoleBinding: %v", got)
			}
			x.DeleteClusterRoleBinding("b")
			x.UpsertRoleBinding(rb)
			rights = x.Resolve(app)
			if _, got := rights.Allows(asked); got != test.inTeam {
				t.Errorf("by a RoleBinding: %v", got)
			}
		})
	}
}

func TestAnAnswerNamesBindingRoleAndRule(t *testing.T) {
	x := New()
	x.UpsertRole(roleIn("team", "deployer", "get configmaps", "create pods", "list pods"))
	x.UpsertRoleBinding(roleBinding("team", "deployers", "Role", "deployer", Group(GroupServiceAccounts+":team")))
	rights := x.Resolve(app)
	got, ok := rights.Allows(Attributes{Verb: "create", Resource: "pods", Namespace: "team"})
	want := Grant{
		Subject: Group("system:serviceaccounts:team"), Binding: BindingRef{"team", "deployers"}, Role: RoleRef{"team", "deployer"},
		RuleIndex: 1, Rule: &Rule{Verbs: []string{"create"}, APIGroups: []string{""}, Resources: []string{"pods"}},
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".id" }, cmp.Ignore())); !ok || diff != "" {
		t.Errorf("allowed %v (-want +got):\n%s", ok, diff)
	}
	if got.Rule.String() != "create pods" || got.Binding.String() != "RoleBinding team/deployers" || got.Role.String() != "Role team/deployer" {
		t.Errorf("reads %q, %q, %q", got.Rule, got.Binding, got.Role)
	}
}

func TestAClusterRoleBindingToARoleGivesNothing(t *testing.T) {
	x := New()
	x.UpsertRole(roleIn("team", "r", "get pods"))
	x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "b"}, RoleRef: rbacv1.RoleRef{Kind: "Role", Name: "r"}, Subjects: []rbacv1.Subject{subjectObject(app)},
	})
	rights := x.Resolve(app)
	if len(rights.Grants()) != 0 || len(rights.Latent) != 0 {
		t.Errorf("got %+v, latent %+v", rights.Grants(), rights.Latent)
	}
	want := []Problem{{"ClusterRoleBinding b", "The reference is not to a role that such a binding can refer to: it gives nothing."}}
	if diff := cmp.Diff(want, x.Problems()); diff != "" {
		t.Error(diff)
	}
}
