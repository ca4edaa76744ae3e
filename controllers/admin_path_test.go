package controllers

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Whoever is told that a workload is cluster-admin, or may be, is shown how: whatever the answer comes from, there is a way to it
// in the graph.
func TestAWayIsShownToClusterAdmin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawCluster(t)
		engine := there.follow(there.ids()).engine
		engine.Snapshot.SetSource(snapshot.Secrets, rapid.SampledFrom([]snapshot.State{
			snapshot.Synced, snapshot.NotEnabled, snapshot.Forbidden, snapshot.NotGiven,
		}).Draw(t, "Secrets are"))
		engine.Observe(engine.Snapshot.Workloads()...)
		engine.ObserveRights()
		engine.Solve()
		for _, key := range engine.Snapshot.Workloads() {
			assessment := engine.Assess(key)
			if assessment == nil {
				continue
			}
			for i := range assessment.Answers {
				a := &assessment.Answers[i]
				leads := a.Verdict == finding.Yes || a.Verdict == finding.Conditional
				if a.Question == finding.BecomeClusterAdmin && leads && len(a.Path) == 0 {
					t.Fatalf("%s: %s without a way, from %+v", key, a.Verdict, a.Evidence)
				}
			}
		}
	})
}
