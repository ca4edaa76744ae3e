package metrics

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

func ownedWorkload(name, owner string) *assess.Assessment {
	return &assess.Assessment{
		Workload: snapshot.Workload{Key: snapshot.Key{Kind: "Pod", Namespace: "shop", Name: name}}, Owner: owner,
		Verdict: assess.Verdict{Score: score.Result{Score: 1}},
	}
}

func owned() *Owners {
	owners := NewOwners()
	for name, owner := range map[string]string{"a": "payments", "b": "payments", "c": "search", "d": ""} {
		owners.Put(ownedWorkload(name, owner))
	}
	return owners
}

func TestWorkloadsAreCountedByOwner(t *testing.T) {
	owners, leads := owned(), true
	owners.Delete(snapshot.Key{Kind: "Pod", Namespace: "shop", Name: "c"})
	collector := owners.Collector(func() bool { return leads })
	want := `# HELP daysix_owner_workloads Workloads by owner and severity of their blast radius, where the configuration names the label of the owner.
# TYPE daysix_owner_workloads gauge
daysix_owner_workloads{owner="payments",severity="Critical"} 0
daysix_owner_workloads{owner="payments",severity="High"} 0
daysix_owner_workloads{owner="payments",severity="Low"} 0
daysix_owner_workloads{owner="payments",severity="Medium"} 0
daysix_owner_workloads{owner="payments",severity="Minimal"} 2
`
	if err := testutil.CollectAndCompare(collector, strings.NewReader(want), "daysix_owner_workloads"); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.CollectAndLint(collector); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", err, problems)
	}
	leads = false
	if got := testutil.CollectAndCount(collector); got != 0 {
		t.Errorf("a replica that does not lead exports %d series", got)
	}
}

func TestOwnersBeyondTheCapAreAddedUp(t *testing.T) {
	owners := NewOwners()
	for i := range maxOwners + 5 {
		owners.Put(ownedWorkload(fmt.Sprint("a", i), fmt.Sprintf("team-%03d", i)))
	}
	counts, dropped := owners.count()
	if dropped != 5 || len(counts) != maxOwners+1 || counts[otherOwners]["Minimal"] != 5 {
		t.Errorf("%d owners, %d dropped, other: %v", len(counts), dropped, counts[otherOwners])
	}
}
