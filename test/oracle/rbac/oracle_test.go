package rbac

import (
	"context"
	"flag"
	"testing"

	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	upstream "k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"

	ours "github.com/daysix/daysix/internal/rbac"
)

var (
	seed   = flag.Uint64("seed", 20260101, "first seed of the random clusters")
	worlds = flag.Uint64("worlds", 500, "number of random clusters")
)

const questionsPerAccount = 30

// Every question is put to the authorizer of the API server and to the index; they never disagree. The questions must
// be such that yes and no are both common, or agreement would mean little.
func TestIndexAgreesWithTheAuthorizerOfTheAPIServer(t *testing.T) {
	asked, yes := 0, 0
	for s := *seed; s < *seed+*worlds; s++ {
		w := newWorld(s)
		x := w.index()
		_, static := validation.NewTestRuleResolver(w.roles, w.roleBindings, w.clusterRoles, w.clusterRoleBindings)
		oracle := upstream.New(static, static, static, static)
		for _, namespace := range namespaces {
			for _, account := range accounts {
				rights := x.Resolve(ours.ServiceAccount(namespace, account))
				for range questionsPerAccount {
					a := w.question(&rights)
					want := ask(t, oracle, namespace, account, a)
					grant, got := rights.Allows(a)
					if got != want {
						t.Fatalf("seed %d: %s/%s asks %+v: ours %v by %+v, API server %v", s, namespace, account, a, got, grant, want)
					}
					asked++
					if want {
						yes++
					}
				}
			}
		}
	}
	t.Logf("%d questions, %d yes, %d no", asked, yes, asked-yes)
	if asked < 100_000 || yes*10 < asked*3 || yes*10 > asked*7 {
		t.Errorf("%d questions with %d yes: want 100,000 at least, 30 to 70 %% of them yes", asked, yes)
	}
}

func ask(t *testing.T, oracle authorizer.UnconditionalAuthorizer, namespace, account string, a ours.Attributes) bool {
	t.Helper()
	groups := append(serviceaccount.MakeGroupNames(namespace), user.AllAuthenticated)
	decision, _, err := oracle.Authorize(context.Background(), authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: serviceaccount.MakeUsername(namespace, account), Groups: groups},
		Verb: a.Verb, Namespace: a.Namespace, APIGroup: a.APIGroup, Resource: a.Resource, Subresource: a.Subresource,
		Name: a.Name, ResourceRequest: a.Path == "", Path: a.Path,
	})
	if err != nil {
		t.Fatal(err)
	}
	return decision == authorizer.DecisionAllow
}
