package rbac

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"pgregory.net/rapid"
)

// model holds the objects that the events have left, and rebuilds an index from nothing.
type model struct {
	roles               map[RoleRef]*rbacv1.Role
	clusterRoles        map[string]*rbacv1.ClusterRole
	roleBindings        map[BindingRef]*rbacv1.RoleBinding
	clusterRoleBindings map[string]*rbacv1.ClusterRoleBinding
}

func newModel() *model {
	return &model{
		map[RoleRef]*rbacv1.Role{}, map[string]*rbacv1.ClusterRole{}, map[BindingRef]*rbacv1.RoleBinding{}, map[string]*rbacv1.ClusterRoleBinding{},
	}
}

func (m *model) rebuild() *Index {
	x := New()
	for _, o := range m.roleBindings {
		x.UpsertRoleBinding(o)
	}
	for _, o := range m.clusterRoleBindings {
		x.UpsertClusterRoleBinding(o)
	}
	for _, o := range m.roles {
		x.UpsertRole(o)
	}
	for _, o := range m.clusterRoles {
		x.UpsertClusterRole(o)
	}
	return x
}

var (
	someNames    = rapid.SampledFrom([]string{"a", "b", "c", "d"})
	someSpaces   = rapid.SampledFrom([]string{"n1", "n2"})
	someKinds    = rapid.SampledFrom([]string{"Role", "ClusterRole"})
	someRules    = rapid.SliceOfN(rapid.SampledFrom([]string{"get pods", "create pods", "get *", "list secrets named a", "get url /x*"}), 0, 3)
	propertyWhos = []Subject{
		ServiceAccount("n1", "a"), ServiceAccount("n1", "b"), ServiceAccount("n2", "a"), Group(GroupServiceAccounts),
		Group(GroupServiceAccounts + ":n1"), Group(GroupAuthenticated), Group(GroupUnauthenticated), User("someone"), User(UserAnonymous),
	}
	someSubjects = rapid.SliceOfN(rapid.SampledFrom(propertyWhos), 0, 3)
)

// event applies one random change to both and returns whom the index says it touches.
func (m *model) event(t *rapid.T, x *Index) Affected {
	name, space := someNames.Draw(t, "name"), someSpaces.Draw(t, "namespace")
	switch rapid.IntRange(0, 11).Draw(t, "event") {
	case 0:
		delete(m.roles, RoleRef{space, name})
		return x.DeleteRole(space, name)
	case 1:
		delete(m.clusterRoles, name)
		return x.DeleteClusterRole(name)
	case 2:
		delete(m.roleBindings, BindingRef{space, name})
		return x.DeleteRoleBinding(space, name)
	case 3:
		delete(m.clusterRoleBindings, name)
		return x.DeleteClusterRoleBinding(name)
	case 4, 5:
		m.roles[RoleRef{space, name}] = roleIn(space, name, someRules.Draw(t, "rules")...)
		return x.UpsertRole(m.roles[RoleRef{space, name}])
	case 6, 7:
		m.clusterRoles[name] = clusterRole(name, someRules.Draw(t, "rules")...)
		return x.UpsertClusterRole(m.clusterRoles[name])
	case 8, 9:
		b := roleBinding(space, name, someKinds.Draw(t, "kind"), someNames.Draw(t, "role"), someSubjects.Draw(t, "subjects")...)
		m.roleBindings[BindingRef{space, name}] = b
		return x.UpsertRoleBinding(b)
	default:
		m.clusterRoleBindings[name] = clusterRoleBinding(name, someNames.Draw(t, "role"), someSubjects.Draw(t, "subjects")...)
		return x.UpsertClusterRoleBinding(m.clusterRoleBindings[name])
	}
}

var sameRule = cmp.Comparer(func(a, b *Rule) bool { return a.id == b.id })

// shown is what bindings give to one subject by its own name, without its groups: this is what an event may change. A
// binding shows even where its role has no rules.
func shown(x *Index, s Subject) []string {
	rights := x.Resolve(s)
	var lines []string
	for _, l := range rights.Latent {
		if l.Subject == s {
			lines = append(lines, "latent "+l.Binding.String()+" "+l.Role.String())
		}
	}
	for _, b := range rights.bounds {
		if b.subject == s {
			lines = append(lines, b.binding.ref.String()+" "+b.binding.role.String())
		}
	}
	for _, g := range rights.Grants() {
		if g.Subject == s {
			lines = append(lines, fmt.Sprint(g.Binding, g.Role, g.RuleIndex, g.Rule))
		}
	}
	return lines
}

func TestIncrementalIndexEqualsARebuiltOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, x := newModel(), New()
		for range 100 {
			m.event(t, x)
		}
		assertSameIndex(t, x, m.rebuild())
	})
}

func TestTenThousandEventsLeaveTheIndexAsIfRebuilt(t *testing.T) {
	run := rapid.Custom(func(t *rapid.T) [2]*Index {
		m, x := newModel(), New()
		for range 10_000 {
			m.event(t, x)
		}
		return [2]*Index{x, m.rebuild()}
	})
	for seed := range 3 {
		both := run.Example(seed)
		assertSameIndex(t, both[0], both[1])
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func assertSameIndex(t failer, x, y *Index) {
	t.Helper()
	for _, s := range propertyWhos {
		a, b := x.Resolve(s), y.Resolve(s)
		if a.Set().ID() != b.Set().ID() {
			t.Fatalf("%s: the permission sets differ", s)
		}
		if diff := cmp.Diff(b.Grants(), a.Grants(), sameRule) + cmp.Diff(b.Latent, a.Latent); diff != "" {
			t.Fatalf("%s (-rebuilt +incremental):\n%s", s, diff)
		}
	}
	if len(x.rules) != len(y.rules) || len(x.byRole) != len(y.byRole) || len(x.bySubject) != len(y.bySubject) {
		t.Fatalf("the incremental index holds %d rules, %d roles, %d subjects; the rebuilt one %d, %d, %d",
			len(x.rules), len(x.byRole), len(x.bySubject), len(y.rules), len(y.byRole), len(y.bySubject))
	}
	for id, counted := range x.rules {
		if y.rules[id] == nil || y.rules[id].count != counted.count {
			t.Fatalf("rule %q is counted %d times", counted.rule, counted.count)
		}
	}
	if diff := cmp.Diff(y.Problems(), x.Problems()) + cmp.Diff(y.ClusterAdmins(), x.ClusterAdmins()); diff != "" {
		t.Fatalf("-rebuilt +incremental:\n%s", diff)
	}
}

// The subjects that an event reports are those whose own grants differ before and after it, no more and no fewer.
func TestAnEventReportsExactlyWhoseGrantsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, x := newModel(), New()
		for range 60 {
			before := m.rebuild()
			reported := m.event(t, x)
			for _, s := range propertyWhos {
				differ := !slices.Equal(shown(before, s), shown(x, s))
				if said := slices.Contains(reported, s); said != differ {
					t.Fatalf("%s: reported %v, grants differ %v", s, said, differ)
				}
			}
		}
	})
}
