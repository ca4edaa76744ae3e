package rbac

import (
	"flag"
	"math/rand/v2"
	"testing"

	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	upstream "k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"

	ours "github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/testing/rbacgen"
)

var (
	seed   = flag.Uint64("seed", 20260101, "first seed of the random clusters")
	worlds = flag.Uint64("worlds", 500, "number of random clusters")
)

const questionsPerSubject = 20

// Every question is put to the authorizer of the API server and to the index; they never disagree. The questions must
// be such that yes and no are both common, or agreement would mean little.
func TestIndexAgreesWithTheAuthorizerOfTheAPIServer(t *testing.T) {
	asked, yes := 0, 0
	for s := *seed; s < *seed+*worlds; s++ {
		w := rbacgen.New(s)
		x := changedIndex(w, s)
		_, static := validation.NewTestRuleResolver(w.Roles, w.RoleBindings, w.ClusterRoles, w.ClusterRoleBindings)
		oracle := upstream.New(static, static, static, static)
		for _, subject := range rbacgen.Subjects() {
			rights := x.Resolve(subject)
			grants := rights.Grants()
			for range questionsPerSubject {
				a := w.Question(grants)
				want := ask(t, oracle, subject, a)
				grant, got := rights.Allows(a)
				if got != want {
					t.Fatalf("seed %d: %s asks %+v: ours %v by %+v, API server %v", s, subject, a, got, grant, want)
				}
				asked++
				if want {
					yes++
				}
			}
		}
	}
	t.Logf("%d questions, %d yes, %d no", asked, yes, asked-yes)
	if asked < 100_000 || yes*10 < asked*3 || yes*10 > asked*7 {
		t.Errorf("%d questions with %d yes: want 100,000 at least, 30 to 70 %% of them yes", asked, yes)
	}
}

// changedIndex holds the objects of the world, after others of the same names that they replaced.
func changedIndex(w *rbacgen.World, seed uint64) *ours.Index {
	random := rand.New(rand.NewPCG(seed, 2))
	x := ours.New()
	old := rbacgen.New(random.Uint64())
	old.ClusterRoleBindings[0].Name = "gone"
	old.Feed(x, random)
	x.DeleteClusterRoleBinding("gone")
	w.Feed(x, random)
	return x
}

func ask(t *testing.T, oracle authorizer.UnconditionalAuthorizer, subject ours.Subject, a ours.Attributes) bool {
	t.Helper()
	name, groups := rbacgen.Credentials(subject)
	decision, _, err := oracle.Authorize(t.Context(), authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: name, Groups: groups},
		Verb: a.Verb, Namespace: a.Namespace, APIGroup: a.APIGroup, Resource: a.Resource, Subresource: a.Subresource,
		Name: a.Name, ResourceRequest: a.Path == "", Path: a.Path,
	})
	if err != nil {
		t.Fatal(err)
	}
	return decision == authorizer.DecisionAllow
}
