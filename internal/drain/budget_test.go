package drain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/snapshot"
)

// budget is one for pods of an app.
func budget(namespace, name, app, spec, status string) string {
	generation := ""
	if status != "" {
		generation, status = ", generation: 2", ", status: {"+status+"}"
	}
	return fmt.Sprintf("---\n{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: %s, namespace: %s%s}, "+
		"spec: {selector: {matchLabels: {app: %s}}, %s}%s}\n", name, namespace, generation, app, spec, status)
}

// withStatus gives the first pod of that name a status.
func withStatus(manifests, pod, status string) string {
	documents := strings.Split(manifests, "---\n")
	for i, d := range documents {
		if strings.Contains(d, "kind: Pod, metadata: {name: "+pod+",") {
			documents[i] = strings.TrimSuffix(d, "}\n") + ", status: {" + status + "}}\n"
		}
	}
	return strings.Join(documents, "---\n")
}

func TestBudgets(t *testing.T) {
	cart := owned("ReplicaSet", "shop", "cart", "", "c-1@a", "c-2@a", "c-3@b")
	refused := owned("ReplicaSet", "strict", "cart", "", "c-1@a", "c-2@a", "c-3@b")
	const seen = "observedGeneration: 2, "
	const notReady = "phase: Running, conditions: [{type: Ready, status: 'False'}]"
	for _, test := range []struct {
		name, given string
		want        []string
	}{
		{"none", cart, nil},
		{"that of another app", cart + budget("shop", "p", "other", "minAvailable: 3", ""), nil},
		{"that of another namespace", cart + budget("strict", "p", "cart", "minAvailable: 3", ""), nil},
		{"room for all", cart + budget("shop", "p", "cart", "minAvailable: 1", ""), nil},
		{
			"room for one at a time", cart + budget("shop", "p", "cart", "maxUnavailable: 1", ""),
			[]string{"p Delays 2 1 3/2/3 It lets 1 of 2 pods go at a time."},
		},
		{
			"no room ever", cart + budget("shop", "p", "cart", "maxUnavailable: 0", ""),
			[]string{"p Blocks 2 0 3/3/3 It wants 3 of 3 pods: none may go."},
		},
		{
			"a percentage of all", cart + budget("shop", "p", "cart", "minAvailable: 100%", ""),
			[]string{"p Blocks 2 0 3/3/3 It wants 3 of 3 pods: none may go."},
		},
		{
			"a percentage is rounded up", cart + budget("shop", "p", "cart", "minAvailable: 50%", ""),
			[]string{"p Delays 2 1 3/2/3 It lets 1 of 2 pods go at a time."},
		},
		{"without a limit", cart + budget("shop", "p", "cart", "unhealthyPodEvictionPolicy: AlwaysAllow", ""), nil},
		{
			"pods that do not come back use it up", refused + budget("strict", "p", "cart", "maxUnavailable: 1", ""),
			[]string{"p Blocks 2 1 3/2/3 It lets 1 go at most; 2 would not come back."},
		},
		{
			"one of two does not come back", withStatus(cart+bare("shop", "tool", "a", ", labels: {app: cart}")+
				budget("shop", "p", "cart", "minAvailable: 3", ""), "c-2", "phase: Pending"),
			[]string{"p MayBlock 2 0 3/3/4 It lets 1 go at most. If those go first that may not come back, it lets no other go."},
		},
		{
			"a pod that does not run yet is not asked about", withStatus(cart, "c-1", "phase: Pending") +
				budget("shop", "p", "cart", "maxUnavailable: 1", ""),
			[]string{"p Delays 1 0 2/2/3 It wants 2 healthy pods, and 2 are."},
		},
		{
			"a pod that is not ready goes where enough are", withStatus(withStatus(cart, "c-1", notReady), "c-2", notReady) +
				budget("shop", "p", "cart", "minAvailable: 1", ""),
			nil,
		},
		{
			"a pod that is not ready is kept where too few are", withStatus(cart, "c-1", notReady) +
				budget("shop", "p", "cart", "minAvailable: 3", ""),
			[]string{"p Blocks 2 0 2/3/3 It wants 3 of 3 pods: none may go."},
		},
		{
			"or goes all the same", withStatus(withStatus(cart, "c-1", notReady), "c-2", notReady) +
				budget("shop", "p", "cart", "minAvailable: 3, unhealthyPodEvictionPolicy: AlwaysAllow", ""),
			nil,
		},
		{
			"what the status says counts", cart + budget("shop", "p", "cart", "maxUnavailable: 1",
				seen+"currentHealthy: 4, desiredHealthy: 4, expectedPods: 5, disruptionsAllowed: 0"),
			[]string{"p Delays 2 0 4/4/5 It wants 4 healthy pods, and 4 are."},
		},
		{
			"a status of an earlier generation", cart + budget("shop", "p", "cart", "maxUnavailable: 9",
				"observedGeneration: 1, currentHealthy: 3, desiredHealthy: 0, expectedPods: 3, disruptionsAllowed: 3"),
			[]string{"p Delays 2 3 3/0/3 Its controller has not looked at it yet."},
		},
		{
			"a budget that cannot be counted", cart + budget("shop", "p", "cart", "maxUnavailable: 1", seen+
				"currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptionsAllowed: 0, conditions: [{type: DisruptionAllowed, "+
				"status: 'False', reason: SyncFailed, message: found no controllers, lastTransitionTime: null}]"),
			[]string{"p Blocks 2 0 0/0/0 Its controller cannot count the pods: found no controllers"},
		},
		{
			"two of the same pod", cart + budget("shop", "p", "cart", "minAvailable: 0", "") + budget("shop", "q", "cart", "minAvailable: 0", ""),
			[]string{
				"p Blocks 2 3 3/0/3 Budget q covers pod c-1 too, and a pod of two budgets is not evicted.",
				"q Blocks 2 3 3/0/3 Budget p covers pod c-1 too, and a pod of two budgets is not evicted.",
			},
		},
		{
			"pods of DaemonSets are not evicted", owned("DaemonSet", "shop", "cart", "", "g-1@a") +
				budget("shop", "p", "cart", "minAvailable: 1", ""),
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, b := range plannerOf(t, modelOf(t, nodes+test.given)).Plan([]string{"a"}).Budgets {
				got = append(got, fmt.Sprintf("%s %s %d %d %d/%d/%d %s", b.Name, b.Effect, b.Evictions, b.Allows, b.Healthy, b.Wanted, b.Expected, b.Message))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPodOfWhichItIsNotKnownMayBlock(t *testing.T) {
	m := modelOf(t, nodes+owned("ReplicaSet", "strict", "cart", "", "c-1@a", "c-2@a", "c-3@b")+
		budget("strict", "p", "cart", "maxUnavailable: 1", ""))
	m.Snapshot.SetSource(snapshot.MutatingAdmissionPolicies, snapshot.Forbidden)
	got := plannerOf(t, m).Plan([]string{"a"}).Budgets
	want := []drain.Budget{{
		Namespace: "strict", Name: "p", Effect: drain.MayBlock, Message: "It lets 1 go at most; 2 may not come back.",
		Evictions: 2, Allows: 1, Healthy: 3, Wanted: 2, Expected: 3, Assumed: true,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBudgetsThatCannotBeReadAreTold(t *testing.T) {
	m := modelOf(t, nodes)
	for state, want := range map[snapshot.State]snapshot.State{
		snapshot.Synced: "", snapshot.NotGiven: "", snapshot.Forbidden: snapshot.Forbidden, snapshot.Missing: snapshot.Missing,
	} {
		m.Drain.SetBudgets(state)
		if got := plannerOf(t, m).Plan(nil).BudgetsUnread; got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}
