package rbac

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryGrantThatAllowsARequestIsListed(t *testing.T) {
	x := indexOf("get pods", "team: get,list pods", "other: get pods", "team: list pods", "team: get *", "get pods named web", "get url /pods")
	x.UpsertClusterRoleBinding(clusterRoleBinding("everyone", "ra", Group(GroupAuthenticated)))
	for name, test := range map[string]struct {
		asked Attributes
		want  []string
	}{
		"in a namespace, the whole cluster first": {
			Attributes{Verb: "get", Resource: "pods", Namespace: "team"},
			[]string{"ClusterRoleBinding everyone", "ClusterRoleBinding ra", "RoleBinding team/rb", "RoleBinding team/re"},
		},
		"in all namespaces at once": {
			Attributes{Verb: "get", Resource: "pods"}, []string{"ClusterRoleBinding everyone", "ClusterRoleBinding ra"},
		},
		"of one object": {
			Attributes{Verb: "get", Resource: "pods", Name: "web"},
			[]string{"ClusterRoleBinding everyone", "ClusterRoleBinding ra", "ClusterRoleBinding rf"},
		},
		"of any resource": {Attributes{Verb: "get", Resource: "*", Namespace: "team"}, []string{"RoleBinding team/re"}},
		"of a URL":        {Attributes{Verb: "get", Path: "/pods"}, []string{"ClusterRoleBinding rg"}},
		"of nothing":      {Attributes{Verb: "patch", Resource: "pods", Namespace: "team"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rights := x.Resolve(app)
			var got []string
			for _, g := range rights.Allowing(test.asked) {
				got = append(got, g.Binding.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			first, ok := rights.Allows(test.asked)
			if ok != (len(got) > 0) || (ok && first.Binding.String() != got[0]) {
				t.Errorf("Allows says %v, by %v", ok, first.Binding)
			}
		})
	}
}
