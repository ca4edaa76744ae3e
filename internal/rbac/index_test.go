package rbac

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
)

func TestAChangeReportsExactlyTheSubjectsItTouches(t *testing.T) {
	api, all := ServiceAccount("team", "api"), Group(GroupServiceAccounts)
	x := New()
	for _, step := range []struct {
		name   string
		change func() Affected
		want   Affected
	}{
		{"a role that nobody is bound to", func() Affected { return x.UpsertRole(roleIn("team", "r", "get pods")) }, nil},
		{"a first binding", func() Affected { return x.UpsertRoleBinding(roleBinding("team", "b", "Role", "r", app, app, all)) }, Affected{all, app}},
		{"the same binding again", func() Affected { return x.UpsertRoleBinding(roleBinding("team", "b", "Role", "r", all, app)) }, nil},
		{"a subject more", func() Affected { return x.UpsertRoleBinding(roleBinding("team", "b", "Role", "r", all, app, api)) }, Affected{api}},
		{"one for another", func() Affected { return x.UpsertRoleBinding(roleBinding("team", "b", "Role", "r", app, api)) }, Affected{all}},
		{"the same role again", func() Affected { return x.UpsertRole(roleIn("team", "r", "get pods")) }, nil},
		{"another rule", func() Affected { return x.UpsertRole(roleIn("team", "r", "list pods")) }, Affected{api, app}},
		{"a role of the same name elsewhere", func() Affected { return x.UpsertRole(roleIn("other", "r", "get *")) }, nil},
		{"a ClusterRole of the same name", func() Affected { return x.UpsertClusterRole(clusterRole("r", "get *")) }, nil},
		{"the role goes", func() Affected { return x.DeleteRole("team", "r") }, Affected{api, app}},
		{"a role that is not there goes", func() Affected { return x.DeleteRole("team", "r") }, nil},
		{"a role without rules comes", func() Affected { return x.UpsertRole(roleIn("team", "r")) }, Affected{api, app}},
		{"the binding refers to another", func() Affected {
			return x.UpsertRoleBinding(roleBinding("team", "b", "ClusterRole", "r", app, all))
		}, Affected{all, api, app}},
		{"that one changes", func() Affected { return x.UpsertClusterRole(clusterRole("r", "get pods")) }, Affected{all, app}},
		{"the binding goes", func() Affected { return x.DeleteRoleBinding("team", "b") }, Affected{all, app}},
		{"a binding that is not there goes", func() Affected { return x.DeleteClusterRoleBinding("b") }, nil},
	} {
		t.Run(step.name, func(t *testing.T) {
			if diff := cmp.Diff(step.want, step.change()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestADanglingReferenceIsLatentUntilTheRoleIsMade(t *testing.T) {
	x := New()
	x.UpsertRoleBinding(roleBinding("team", "b", "Role", "later", app))
	rights := x.Resolve(app)
	if diff := cmp.Diff([]Latent{{app, BindingRef{"team", "b"}, RoleRef{"team", "later"}}}, rights.Latent); diff != "" || len(rights.Grants()) != 0 {
		t.Errorf("grants %v, latent -want +got:\n%s", rights.Grants(), diff)
	}
	if diff := cmp.Diff(Affected{app}, x.UpsertRole(roleIn("team", "later", "get pods"))); diff != "" {
		t.Error(diff)
	}
	if rights = x.Resolve(app); len(rights.Latent) != 0 || len(rights.Grants()) != 1 {
		t.Errorf("got %+v", rights)
	}
}

func TestAllServiceAccountsWithTheSameRightsShareOneSet(t *testing.T) {
	x := New()
	x.UpsertClusterRole(clusterRole("same", "get pods", "list pods"))
	x.UpsertClusterRole(clusterRole("otherwise", "list pods", "get pods", "get pods"))
	var first Rights
	for i := range 10_000 {
		s := ServiceAccount("team", fmt.Sprintf("app-%05d", i))
		x.UpsertRoleBinding(roleBinding("team", s.Name, "ClusterRole", []string{"same", "otherwise"}[i%2], s))
		rights := x.Resolve(s)
		if i == 0 {
			first = rights
		}
		if rights.Set() != first.Set() || rights.Grants()[0].Binding.Name != s.Name {
			t.Fatalf("%s has the set %s by %s", s, rights.Set().ID(), rights.Grants()[0].Binding)
		}
	}
	if first.Set().Len() != 2 {
		t.Errorf("the set has %d rules", first.Set().Len())
	}
	x.UpsertRole(roleIn("team", "more", "get configmaps"))
	x.UpsertRoleBinding(roleBinding("team", "more", "Role", "more", ServiceAccount("team", "app-00000")))
	if rights := x.Resolve(ServiceAccount("team", "app-00000")); rights.Set() == first.Set() {
		t.Error("one rule more is the same set")
	}
}

func TestASetThatNobodyHoldsIsForgotten(t *testing.T) {
	x := indexOf("get pods")
	rights := x.Resolve(app)
	if rights.Set().Len() != 1 {
		t.Fatalf("got %d rules", rights.Set().Len())
	}
	rights = Rights{}
	for range 1000 {
		runtime.GC()
		if x.sets.sets.Len() == 0 {
			return
		}
		runtime.Gosched()
	}
	t.Error("the set is still there")
}

func TestRightsStayWhatTheyWere(t *testing.T) {
	x := indexOf("get pods")
	before := x.Resolve(app)
	x.UpsertClusterRole(clusterRole("ra", "get secrets"))
	if _, ok := before.Allows(Attributes{Verb: "get", Resource: "pods"}); !ok || before.Grants()[0].Rule.String() != "get pods" {
		t.Error("rights changed after they were resolved")
	}
}

func TestBadObjectsDoNoHarm(t *testing.T) {
	x := New()
	x.UpsertClusterRole(&rbacv1.ClusterRole{})
	x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{})
	x.UpsertRoleBinding(&rbacv1.RoleBinding{})
	odd := clusterRole("odd")
	odd.Rules = []rbacv1.PolicyRule{
		{},
		{Verbs: []string{}, APIGroups: []string{""}, Resources: []string{"pods"}},
		{Verbs: []string{"get"}},
		{Verbs: []string{""}, APIGroups: []string{"no.such.group"}, Resources: []string{"", "/", "*/", "a/b/c"}},
		{Verbs: []string{"get"}, NonResourceURLs: []string{"", "**"}},
	}
	x.UpsertClusterRole(odd)
	b := clusterRoleBinding("b", "odd", app)
	b.Subjects = append(b.Subjects, rbacv1.Subject{Kind: "Robot", Name: "r2"}, rbacv1.Subject{Kind: "ServiceAccount", Name: "lost"}, rbacv1.Subject{})
	x.UpsertClusterRoleBinding(b)
	x.UpsertClusterRoleBinding(clusterRoleBinding("masters", "gone", Group(GroupMasters)))
	rights := x.Resolve(app)
	if got := len(rights.Grants()); got != 2 {
		t.Errorf("%d grants", got)
	}
	rights.Privileges(&Environment{})
	empty := x.Resolve(Subject{})
	if _, ok := empty.Allows(Attributes{}); ok {
		t.Error("nobody is allowed nothing")
	}
	want := []Problem{
		{"ClusterRole odd", "A rule has no verbs, or names no resources: it gives nothing."},
		{"ClusterRoleBinding ", "The reference is not to a role that such a binding can refer to: it gives nothing."},
		{"ClusterRoleBinding b", "ServiceAccount lost has no namespace: it matches nobody."},
		{"ClusterRoleBinding b", "The kind  of subject  is not known: it matches nobody."},
		{"ClusterRoleBinding b", "The kind Robot of subject r2 is not known: it matches nobody."},
		{"ClusterRoleBinding masters", "ClusterRole gone does not exist: whoever creates it gives its rights to the subjects."},
		{"ClusterRoleBinding masters", "system:masters is let through before RBAC is asked: a binding gives it nothing."},
	}
	if diff := cmp.Diff(want, x.Problems()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A role ten times as long is ten times the work: every rule is looked at as often as before. Time would depend on the
// machine, so the looks are counted; that it ends at all is seen by judging it.
func TestLongRolesAreLinearWork(t *testing.T) {
	for name, shape := range map[string]func(i int) string{
		"rules on one resource with names": func(i int) string { return fmt.Sprintf("get,create,patch secrets named s-%d", i) },
		"rules on resources of their own":  func(i int) string { return fmt.Sprintf("get,list kind-%d in group-%d", i, i) },
		"rules on everything":              func(i int) string { return fmt.Sprintf("get,verb-%d * in *", i) },
	} {
		t.Run(name, func(t *testing.T) {
			small, large := looksAtLongRole(shape, 1_000), looksAtLongRole(shape, 10_000)
			if small == 0 || large > 11*small {
				t.Errorf("1,000 rules are looked at %d times, 10,000 rules %d times", small, large)
			}
		})
	}
}

// looksAtLongRole judges a role of n rules and counts how often one of them is looked at.
func looksAtLongRole(shape func(int) string, n int) int {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = shape(i)
	}
	x := New()
	grantTo(x, app, "", "long", texts...)
	rights := x.Resolve(app)
	rights.Privileges(&Environment{})
	looks := 0
	for _, p := range Registry() {
		for _, need := range p.Needs {
			for i := range need {
				need[i].candidates(rights.set.lookup(), rights.set.entries, 0, int32(n), func(int32) { looks++ })
			}
		}
	}
	return looks
}

// Many ask at once while the index changes; run with -race.
func TestAnIndexMayBeAskedWhileItChanges(*testing.T) {
	x := indexOf("* * in *", "team: get secrets")
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 50 {
				rights := x.Resolve(app)
				rights.Privileges(&Environment{AWS: true})
				rights.Allows(Attributes{Verb: "get", Resource: "pods"})
			}
		})
	}
	for i := range 50 {
		x.UpsertClusterRole(clusterRole("rb", []string{"get secrets", "list secrets"}[i%2]))
	}
	asking.Wait()
}
