package controllers

import (
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

// newTestFeeder is a feeder that follows nothing: the test hands it what arrives.
func newTestFeeder(clk clock.WithTicker, engine *assess.Engine) *Feeder {
	return NewFeeder(FeederOptions{
		Clock: clk, Engine: engine, Ledger: publish.NewLedger(), Backlog: NewBacklog(clk), Errors: NewSourceErrors(clk),
		Work: metrics.NewWork(prometheus.NewRegistry(), publish.Writes()...), Log: logr.Discard(),
	})
}

// Every grant of a cluster arrives before the first pass, which looks at the rights of everybody.
func TestRightsAreLookedAtOnceAllIsRead(t *testing.T) {
	clk := clocktesting.NewFakeClock(time.Unix(0, 0))
	f := newTestFeeder(clk, newEngine(synced(newPod(shop, "a", "web"))))
	bind := func(name string) {
		for _, fd := range f.feeds() {
			if fd.source == snapshot.RoleBindings {
				f.handler(fd).OnAdd(&rbacv1.RoleBinding{
					ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "r"},
					Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "web"}},
				}, false)
			}
		}
	}
	bind("first")
	if len(f.solver.wake) > 0 || f.solver.pending.rights {
		t.Error("the solver is woken while more is to come")
	}
	f.begun = true
	bind("second")
	if len(f.solver.wake) == 0 || len(f.solver.pending.subjects) != 1 {
		t.Errorf("the solver is to look at the rights of %v", f.solver.pending.subjects)
	}
}
