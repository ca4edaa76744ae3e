package controllers

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
)

// giveUpAfter is how long a pod waits for its owner at least, and twice as long at most. The garbage collector takes minutes for
// the pods of a large workload that was deleted, and each would get a report of its own meanwhile.
const giveUpAfter = 5 * time.Minute

// lostPods has the pods assessed by themselves whose owner does not turn up. It runs on every replica, since every one assesses.
type lostPods struct {
	feeder *Feeder
	clock  clock.WithTicker
	// before are those that were lost when it looked last.
	before []types.NamespacedName
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (l *lostPods) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (l *lostPods) Start(ctx context.Context) error {
	ticker := l.clock.NewTicker(giveUpAfter)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
			l.look()
		}
	}
}

func (l *lostPods) look() {
	f := l.feeder
	keys := f.snapshot.GiveUp(l.before)
	l.before = f.snapshot.Lost()
	if len(keys) == 0 {
		return
	}
	f.log.Info("Pods name owners that are not there, they are assessed by themselves", "affectedWorkloads", len(keys))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun {
		f.dryRuns.Changed(keys)
		f.solver.Changed(false, keys...)
	}
}
