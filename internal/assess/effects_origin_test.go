package assess

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/daysix/daysix/internal/rbac"
)

// provenanceByWalking looks at every grant for every namespace.
func provenanceByWalking(grants []rbac.Grant, namespace string) (why string, needs []string) {
	var first *rbac.Grant
	for i := range grants {
		g := &grants[i]
		switch {
		case g.Binding.Namespace != "" && g.Binding.Namespace != namespace:
		case first == nil:
			first, needs = g, []string{g.Binding.String()}
		case g.Binding != first.Binding:
			needs = nil
		}
	}
	if first == nil {
		return "", nil
	}
	return fmt.Sprintf("%s -> %s rules[%d]", first.Binding, first.Role, first.RuleIndex), needs
}

func TestProvenanceIsThatOfAWalkOverAllGrants(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	namespaces := []string{"", "a", "b", "c"}
	alone := 0
	for range 2_000 {
		grants := make([]rbac.Grant, random.IntN(5))
		for i := range grants {
			grants[i] = rbac.Grant{
				Binding: rbac.BindingRef{Namespace: namespaces[random.IntN(3)], Name: fmt.Sprint(random.IntN(2))}, RuleIndex: i,
			}
		}
		origins := originsOf(grants)
		for _, namespace := range namespaces {
			why, needs := provenance(grants, origins, namespace)
			wantWhy, wantNeeds := provenanceByWalking(grants, namespace)
			if why != wantWhy || !slices.Equal(needs, wantNeeds) {
				t.Fatalf("of %v in %q: %s, %v; want %s, %v", grants, namespace, why, needs, wantWhy, wantNeeds)
			}
			alone += len(needs)
		}
	}
	if alone == 0 {
		t.Error("no privilege came from one binding alone")
	}
}
