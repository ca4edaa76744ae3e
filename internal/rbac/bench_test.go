package rbac

import (
	"fmt"
	"runtime"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
)

// cluster is the size that the design asks for: 10,000 ServiceAccounts in 500 namespaces, 2,000 Roles, 1,000
// ClusterRoles, 20,000 bindings (2,000 of them for the whole cluster), rules as operators have them.
type cluster struct {
	accounts            []Subject
	roles               []*rbacv1.Role
	clusterRoles        []*rbacv1.ClusterRole
	roleBindings        []*rbacv1.RoleBinding
	clusterRoleBindings []*rbacv1.ClusterRoleBinding
}

func newCluster() *cluster {
	c := &cluster{}
	verbs := []string{"get,list,watch", "create,update,patch", "*", "get", "create,delete"}
	resources := []string{"pods", "secrets", "configmaps,services", "pods/log", "events", "leases", "serviceaccounts", "pods/exec"}
	texts := func(i int) []string {
		var out []string
		for j := range 8 {
			out = append(out, fmt.Sprintf("%s %s,kind-%d in ,group-%d", verbs[(i+j)%5], resources[(i*3+j)%8], (i*7+j)%300, i%50))
		}
		return out
	}
	for i := range 10_000 {
		c.accounts = append(c.accounts, ServiceAccount(fmt.Sprintf("ns-%03d", i%500), fmt.Sprintf("app-%05d", i)))
	}
	for i := range 2_000 {
		c.roles = append(c.roles, roleIn(fmt.Sprintf("ns-%03d", i%500), fmt.Sprintf("role-%d", i/500), texts(i)...))
	}
	for i := range 1_000 {
		c.clusterRoles = append(c.clusterRoles, clusterRole(fmt.Sprintf("role-%d", i), texts(i)...))
	}
	for i := range 18_000 {
		account := c.accounts[i%10_000]
		kind, role := "Role", i/500%4
		if i%3 == 0 {
			kind, role = "ClusterRole", i%1_000
		}
		c.roleBindings = append(c.roleBindings, roleBinding(account.Namespace, fmt.Sprintf("b-%d", i), kind, fmt.Sprintf("role-%d", role), account))
	}
	for i := range 2_000 {
		c.clusterRoleBindings = append(c.clusterRoleBindings,
			clusterRoleBinding(fmt.Sprintf("b-%d", i), fmt.Sprintf("role-%d", i%1_000), c.accounts[i*5]))
	}
	return c
}

func (c *cluster) index() *Index {
	x := New()
	for _, o := range c.roles {
		x.UpsertRole(o)
	}
	for _, o := range c.clusterRoles {
		x.UpsertClusterRole(o)
	}
	for _, o := range c.roleBindings {
		x.UpsertRoleBinding(o)
	}
	for _, o := range c.clusterRoleBindings {
		x.UpsertClusterRoleBinding(o)
	}
	return x
}

func (c *cluster) resolve(x *Index) []Rights {
	all := make([]Rights, len(c.accounts))
	for i, s := range c.accounts {
		all[i] = x.Resolve(s)
	}
	return all
}

// The limit is 500 ms and 150 MiB of live heap for the index and the rights of every ServiceAccount together.
func BenchmarkFullBuild(b *testing.B) {
	c := newCluster()
	for _, judged := range []bool{false, true} {
		b.Run(fmt.Sprintf("privileges=%v", judged), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				x := c.index()
				all := c.resolve(x)
				for i := range all {
					if judged {
						all[i].set.privileges()
					}
				}
				b.StopTimer()
				b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-live")
				b.ReportMetric(float64(x.sets.sets.Len()), "sets")
				runtime.KeepAlive(all)
				b.StartTimer()
			}
		})
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// The limit is 1 ms for the change of one RoleBinding, with the rights of its subject.
func BenchmarkRoleBindingChange(b *testing.B) {
	c := newCluster()
	x := c.index()
	change := c.roleBindings[0].DeepCopy()
	i := 0
	for b.Loop() {
		i++
		change.Subjects[0] = subjectObject(c.accounts[i%10_000])
		for _, s := range x.UpsertRoleBinding(change) {
			x.Resolve(s)
		}
	}
}

// The limit is 50 µs for the privileges of a ServiceAccount whose permission set is known.
func BenchmarkPrivileges(b *testing.B) {
	x := newCluster().index()
	grantTo(x, ServiceAccount("admins", "root"), "", "everything", "* * in *")
	env := &Environment{
		PodSecurity:     func(string) PodSecurityLevel { return PodSecurityPrivileged },
		HasClusterAdmin: func(string) bool { return false },
	}
	for name, s := range map[string]Subject{
		"two namespaced roles": ServiceAccount("ns-001", "app-00001"), "cluster role as well": ServiceAccount("ns-000", "app-00000"),
		"cluster-admin": ServiceAccount("admins", "root"),
	} {
		b.Run(name, func(b *testing.B) {
			rights := x.Resolve(s)
			held := len(rights.Privileges(env))
			b.ReportAllocs()
			for b.Loop() {
				rights := x.Resolve(s)
				rights.Privileges(env)
			}
			b.ReportMetric(float64(held), "privileges")
			runtime.KeepAlive(rights)
		})
	}
}

func BenchmarkAllows(b *testing.B) {
	x := newCluster().index()
	rights := x.Resolve(ServiceAccount("ns-000", "app-00000"))
	for b.Loop() {
		rights.Allows(Attributes{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "ns-000"})
	}
}
