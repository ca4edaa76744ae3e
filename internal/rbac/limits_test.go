package rbac

import (
	"fmt"
	"runtime"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/testing/growth"
)

// largeGrant is a way in which the rights of one ServiceAccount can be as many as the API server stores.
type largeGrant struct {
	name string
	feed func(x *Index, n int)
}

func largeGrants() []largeGrant {
	return []largeGrant{
		{"a ClusterRole with many rules", func(x *Index, n int) {
			x.UpsertClusterRole(roleOfRules(n, func(i int) string { return fmt.Sprintf("get,create pods,kind-%d in ,group-%d", i, i) }))
			x.UpsertClusterRoleBinding(clusterRoleBinding("b", "large", app))
		}},
		{"a ClusterRole with many rules for named objects", func(x *Index, n int) {
			x.UpsertClusterRole(roleOfRules(n, func(i int) string { return fmt.Sprintf("get,update,create secrets,pods,roles in * named s-%d", i) }))
			x.UpsertClusterRoleBinding(clusterRoleBinding("b", "large", app))
		}},
		{"a rule with many resources", func(x *Index, n int) {
			large := roleOfRules(1, func(int) string { return "get pods" })
			for i := range n {
				large.Rules[0].Resources = append(large.Rules[0].Resources, fmt.Sprintf("kind-%d", i))
				large.Rules[0].APIGroups = append(large.Rules[0].APIGroups, fmt.Sprintf("group-%d", i))
			}
			x.UpsertClusterRole(large)
			x.UpsertClusterRoleBinding(clusterRoleBinding("b", "large", app))
		}},
		{"many RoleBindings in one namespace", func(x *Index, n int) {
			for i := range n {
				x.UpsertRoleBinding(roleBinding("team", fmt.Sprintf("b-%d", i), "ClusterRole", "edit", app))
			}
			x.UpsertClusterRole(clusterRole("edit", "* pods", "get secrets"))
		}},
		{"RoleBindings in many namespaces", func(x *Index, n int) {
			for i := range n {
				x.UpsertRoleBinding(roleBinding(fmt.Sprintf("team-%d", i), "b", "ClusterRole", "edit", app))
			}
			x.UpsertClusterRole(clusterRole("edit", "* *", "get secrets", "create pods"))
		}},
		{"RoleBindings in many namespaces to roles of their own", func(x *Index, n int) {
			for i := range n {
				namespace := fmt.Sprintf("team-%d", i)
				x.UpsertRole(roleIn(namespace, "own", "get secrets named s-"+namespace, "create pods", "* * in *"))
				x.UpsertRoleBinding(roleBinding(namespace, "b", "Role", "own", app))
			}
		}},
		{"a binding with many subjects", func(x *Index, n int) {
			subjects := []Subject{app}
			for i := range n {
				subjects = append(subjects, ServiceAccount("team", fmt.Sprintf("other-%d", i)))
			}
			x.UpsertClusterRole(clusterRole("edit", "* pods", "get secrets"))
			x.UpsertClusterRoleBinding(clusterRoleBinding("b", "edit", subjects...))
		}},
		{"bindings to many roles that are not there", func(x *Index, n int) {
			x.UpsertClusterRole(clusterRole("maker", "create,escalate clusterroles,roles in rbac.authorization.k8s.io"))
			x.UpsertClusterRoleBinding(clusterRoleBinding("maker", "maker", app))
			for i := range n {
				x.UpsertRoleBinding(roleBinding("team", fmt.Sprintf("b-%d", i), "Role", fmt.Sprintf("later-%d", i), app))
			}
		}},
	}
}

func roleOfRules(n int, text func(i int) string) *rbacv1.ClusterRole {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = text(i)
	}
	return clusterRole("large", texts...)
}

// judge feeds an index and asks all that is ever asked about the ServiceAccount.
func (l *largeGrant) judge(n int) func() {
	env := &Environment{
		PodSecurity:     func(string) PodSecurityLevel { return PodSecurityPrivileged },
		HasClusterAdmin: func(string) bool { return false },
	}
	return func() {
		x := New()
		l.feed(x, n)
		rights := x.Resolve(app)
		rights.Privileges(env)
		rights.Grants()
		runtime.KeepAlive(rights)
	}
}

// What grows shows at any size; the benchmark looks at the largest.
func TestWorkOnRightsGrowsNoFasterThanTheyDo(t *testing.T) {
	for _, large := range largeGrants() {
		t.Run(large.name, func(t *testing.T) { growth.Linear(t, 250, large.judge) })
	}
}

// A role of 10,000 rules is about as large as one gets: the API server stores no object of more than 1.5 MiB.
func BenchmarkLargestRights(b *testing.B) {
	for _, large := range largeGrants() {
		b.Run(large.name, func(b *testing.B) { growth.Benchmark(b, 5_000, large.judge) })
	}
}
