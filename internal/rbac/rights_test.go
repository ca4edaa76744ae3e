package rbac

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPersonalRightsAreThoseOfTheSubjectOrItsNamespace(t *testing.T) {
	for name, test := range map[string]struct {
		subjects []Subject
		want     bool
	}{
		"no binding":                                {nil, false},
		"by its own name":                           {[]Subject{app}, true},
		"by the user name of the ServiceAccount":    {[]Subject{User("system:serviceaccount:team:app")}, true},
		"by the group of its namespace":             {[]Subject{Group(GroupServiceAccounts + ":team")}, true},
		"by the group of another namespace":         {[]Subject{Group(GroupServiceAccounts + ":other")}, false},
		"by the group of all ServiceAccounts":       {[]Subject{Group(GroupServiceAccounts)}, false},
		"by the group of all who are authenticated": {[]Subject{Group(GroupAuthenticated)}, false},
		"by all of them":                            {[]Subject{Group(GroupServiceAccounts), app}, true},
		"by the name of another":                    {[]Subject{ServiceAccount("team", "api"), ServiceAccount("other", "app")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			x.UpsertClusterRole(clusterRole("r", "get pods"))
			x.UpsertClusterRoleBinding(clusterRoleBinding("b", "r", test.subjects...))
			rights := x.Resolve(app)
			if got := rights.Personal(); got != test.want {
				t.Fatalf("personal is %v", got)
			}
		})
	}
}

// Rights without a binding are those of a cluster that never had it: grants, what is latent, and the set that is shared.
func TestRightsWithoutABindingAreThoseOfAnIndexWithoutIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, x := newModel(), New()
		for range 60 {
			m.event(t, x)
		}
		who := rapid.SampledFrom(propertyWhos).Draw(t, "who")
		ref := BindingRef{Name: someNames.Draw(t, "binding")}
		if rapid.Bool().Draw(t, "in a namespace") {
			ref.Namespace = someSpaces.Draw(t, "of the binding")
		}
		rights := x.Resolve(who)
		before := rights.Grants()
		got := rights.Without(ref)
		delete(m.roleBindings, ref)
		if ref.Namespace == "" {
			delete(m.clusterRoleBindings, ref.Name)
		}
		want := m.rebuild().Resolve(who)
		if diff := cmp.Diff(want.Grants(), got.Grants(), sameRule) + cmp.Diff(want.Latent, got.Latent); diff != "" {
			t.Fatalf("%s without %s (-rebuilt +got):\n%s", who, ref, diff)
		}
		if want.Set().ID() != got.Set().ID() || want.Personal() != got.Personal() || got.Subject != who {
			t.Fatalf("%s without %s: the sets differ", who, ref)
		}
		if diff := cmp.Diff(before, rights.Grants(), sameRule); diff != "" {
			t.Fatalf("the rights themselves changed:\n%s", diff)
		}
	})
}
