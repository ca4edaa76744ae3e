package faults

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// inFlight is how many writes a manager has under way at a time: its flag --concurrency. Whether one was carried out that was
// not answered is not known, so that it is done again.
const inFlight = 16

// processes are faults of a process that ends.
func processes() []fault {
	return []fault{
		{
			name: "the API server is killed", quick: true,
			how: "`kill -9` while reports are written; started again on the same data",
			run: func(e *episode) { e.killed(cluster.APIServer) },
		},
		{
			name: "etcd is killed",
			how:  "`kill -9` while reports are written; started again on the same data",
			run:  func(e *episode) { e.killed(cluster.Etcd) },
		},
		{
			name: "the manager is killed in mid-pass", quick: true,
			how: "`kill -9` after the first of the reports, and another one started",
			run: killedInMidPass,
		},
		{
			name: "the leader of two managers is killed under load",
			how:  "`kill -9` while workloads come, four a second; the lease lasts 15 s",
			run:  failOver,
		},
	}
}

// killed kills a part of the control plane right after a change, and lets another change follow the outage.
func (e *episode) killed(component cluster.Component) {
	e.changes()
	e.again = inFlight
	must(e.T, e.control.Kill(e.Context(), component))
	e.seesErrors()
	must(e.T, e.control.Revive(component))
	e.ends()
	e.visitor("bank")
}

// seesErrors waits until requests of the manager have failed for a while.
func (e *episode) seesErrors() {
	e.Helper()
	failed := func() float64 {
		total := e.manager.metric("rest_client_requests_total", map[string]string{"code": "<error>"})
		for code := 500; code < 505; code++ {
			total += e.manager.metric("rest_client_requests_total", map[string]string{"code": strconv.Itoa(code)})
		}
		return total
	}
	before := failed()
	until := time.Now().Add(3 * time.Second)
	e.sees("`rest_client_requests_total{code}`", func() bool { return failed() > before && time.Now().After(until) })
}

// killedInMidPass has one report written after the other, slowly.
func killedInMidPass(e *episode) {
	must(e.T, e.manager.Stop())
	e.deleteReports()
	e.before, e.again = said{}, 1
	e.since = e.mark(e.T)
	e.toServer.poison(e.T, towards("upstream", "latency", map[string]any{"latency": 50}))
	first := e.start(e.T, "--concurrency", "1")
	eventually(e.T, "some reports are there", func() bool {
		reports, err := stored(e.Context(), e.admin)
		return err == nil && len(reports) >= 5
	})
	first.kill(e.T)
	reports, err := stored(e.Context(), e.admin)
	must(e.T, err)
	if len(reports) == 3*workloadsOf {
		e.Fatal("the pass was over before")
	}
	e.manager = first
	e.sees("`/readyz` does not answer", func() bool { return !first.ready() })
	e.toServer.cure(e.Context())
	e.ends()
	e.manager = e.start(e.T)
}

// deleteReports deletes every report, as an administrator would.
func (e *episode) deleteReports() {
	e.Helper()
	for _, namespace := range []string{shop, "bank", "desk"} {
		must(e.T, e.admin.DeleteAllOf(e.Context(), &daysixv1alpha1.PodSecurityReport{}, client.InNamespace(namespace)))
	}
}

// failOver kills the leader in the middle of ten seconds in which workloads come.
func failOver(e *episode) {
	must(e.T, e.manager.Stop())
	flags := []string{"--leader-elect", "--leader-election-namespace", cluster.SystemNamespace}
	leads := func(m *manager) bool { return m.metric("daysix_leader", nil) == 1 }
	leader := e.start(e.T, flags...)
	eventually(e.T, "the first one leads", func() bool { return leads(leader) && leader.ready() })
	e.manager = e.start(e.T, flags...)
	eventually(e.T, "the second one is ready", e.manager.ready)
	if leads(e.manager) {
		e.Fatal("both lead")
	}
	e.since, e.again = e.mark(e.T), inFlight
	ctx, stop := context.WithCancel(e.Context())
	var load sync.WaitGroup
	load.Go(func() { e.load(ctx) })
	eventually(e.T, "the leader writes", func() bool {
		written, _, err := e.writes(e.since)
		return err == nil && len(written) > 5
	})
	leader.kill(e.T)
	e.begun = time.Now()
	e.sees("`daysix_leader`", func() bool { return !leads(leader) && !leads(e.manager) })
	e.ends()
	stop()
	load.Wait()
}

// load creates pods until the context ends.
func (e *episode) load(ctx context.Context) {
	every := time.NewTicker(250 * time.Millisecond)
	defer every.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			p := pod("desk", fmt.Sprintf("load-%d", i))
			if err := e.admin.Create(e.Context(), p); err != nil {
				e.Errorf("creating the load: %v", err)
				return
			}
			e.Cleanup(func() { _ = client.IgnoreNotFound(e.admin.Delete(context.Background(), p)) })
		}
	}
}
