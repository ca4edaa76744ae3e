package metrics

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/snapshot"
)

func refusedBy(since int64, pods int, policies ...string) *restart.Restart {
	r := &restart.Restart{Verdict: restart.Denied, Reason: "ValidatingAdmissionPolicy", Pods: map[restart.Verdict]int{restart.Denied: pods}}
	if since > 0 {
		r.Since = time.Unix(since, 0)
	}
	for _, name := range policies {
		r.Refusals = append(r.Refusals, restart.Refusal{Kind: "ValidatingAdmissionPolicy", Name: name, Message: "one"},
			restart.Refusal{Kind: "ValidatingAdmissionPolicy", Name: name, Message: "another"})
	}
	return r
}

func (k *kit) putRestart(key snapshot.Key, r *restart.Restart) {
	a := verdictOn(key, 1, 1)
	a.Restart = r
	k.board.Put(a)
}

func TestWhatWouldBecomeOfPodsIsCountedByNamespaceAndPolicy(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 2})
	k.putRestart(deployment("shop", "a"), refusedBy(200, 3, "no-root", "pinned"))
	k.putRestart(deployment("shop", "b"), refusedBy(100, 2, "no-root"))
	k.putRestart(deployment("shop", "c"), refusedBy(0, 1, "no-root"))
	k.putRestart(deployment("mail", "a"), &restart.Restart{Verdict: restart.Admitted, Pods: map[restart.Verdict]int{restart.Admitted: 4}})
	k.putRestart(deployment("mail", "b"), &restart.Restart{Verdict: restart.Admitted})
	k.putRestart(deployment("small", "a"), &restart.Restart{
		Verdict: restart.Unknown, Reason: "WebhookNotAsked", Pods: map[restart.Verdict]int{restart.Unknown: 7},
	})
	k.putRestart(deployment("tiny", "a"), nil)
	wantSeries(t, k.reg, "daysix_restart_pods",
		"namespace=mail verdict=Admitted 4", "namespace=mail verdict=Denied 0", "namespace=mail verdict=NotRecreated 0", "namespace=mail verdict=Unknown 0",
		"namespace=other verdict=Admitted 0", "namespace=other verdict=Denied 0", "namespace=other verdict=NotRecreated 0", "namespace=other verdict=Unknown 7",
		"namespace=shop verdict=Admitted 0", "namespace=shop verdict=Denied 6", "namespace=shop verdict=NotRecreated 0", "namespace=shop verdict=Unknown 0")
	wantSeries(t, k.reg, "daysix_restart_refused_pods",
		"kind=ValidatingAdmissionPolicy namespace=shop policy=no-root 6", "kind=ValidatingAdmissionPolicy namespace=shop policy=pinned 3")
	wantSeries(t, k.reg, "daysix_restart_denied_since_timestamp_seconds", "namespace=shop 100")
	wantSeries(t, k.reg, "daysix_restart_unknown_workloads", "reason=WebhookNotAsked 1")
}

func TestPoliciesBeyondTheCapAreOneTogether(t *testing.T) {
	k := newKit(t, Limits{Workloads: 999, Namespaces: 2})
	for i := range maxRefusals + 2 {
		k.putRestart(deployment("shop", fmt.Sprint("w", i)), refusedBy(0, i+1, fmt.Sprintf("p%03d", i)))
	}
	got := series(t, k.reg, "daysix_restart_refused_pods")
	// The two that refuse fewest: one pod and two.
	if len(got) != maxRefusals+1 || !slices.Contains(got, "kind=other namespace=other policy=other 3") {
		t.Errorf("got %d series: %v", len(got), got)
	}
	wantDropped(t, k, "metric=daysix_restart_refused_pods 2")
}

func TestOnlyAChangeThatIsNewerThanThePodsIsOne(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 2})
	at := func(name string, pods int, refusals ...restart.Refusal) {
		k.putRestart(deployment("shop", name), &restart.Restart{
			Verdict: restart.Denied, Pods: map[restart.Verdict]int{restart.Denied: pods}, Since: time.Unix(50, 0), Refusals: refusals,
		})
	}
	at("a", 1, restart.Refusal{Kind: "PodSecurity", Since: time.Unix(100, 0)}, restart.Refusal{Since: time.Unix(300, 0), NewerThanPods: true})
	at("b", 1, restart.Refusal{Since: time.Unix(200, 0), NewerThanPods: true})
	at("no pod runs", 0, restart.Refusal{Since: time.Unix(10, 0), NewerThanPods: true})
	wantSeries(t, k.reg, RestartNewerPolicy, "namespace=shop 200")
	wantSeries(t, k.reg, RestartDeniedSince, "namespace=shop 50")
}
