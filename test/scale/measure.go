package main

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// idleFor is how long nothing happens while idling is measured.
	idleFor = 30 * time.Second
	// atRest is how long nothing must have been written for the audit to be at rest: counts are written up to ten seconds late.
	atRest = 12 * time.Second
)

// elected are the flags of managers of which one leads.
func elected() []string {
	return []string{"--leader-elect", "--leader-election-namespace", cluster.SystemNamespace}
}

// measure takes all figures, in an order in which none disturbs the next.
func (l *lab) measure(ctx context.Context) (*figures, error) {
	f := &figures{}
	m, err := l.measureFirstPass(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, step := range []struct {
		name string
		take func(context.Context, *manager, *figures) error
	}{
		{"idling", l.measureIdle},
		{"the reaction at rest", l.measureRest},
		{"the reaction under churn", l.measureChurn},
		{"memory and series", l.measureFootprint},
	} {
		say("measuring %s", step.name)
		if err := step.take(ctx, m, f); err != nil {
			return nil, fmt.Errorf("measuring %s: %w", step.name, err)
		}
	}
	say("measuring a restart and a fail-over")
	if err := l.measureSuccession(ctx, m, f); err != nil {
		return nil, fmt.Errorf("measuring a restart and a fail-over: %w", err)
	}
	return f, nil
}

// measureIdle counts what is done where nothing happens.
func (l *lab) measureIdle(ctx context.Context, m *manager, f *figures) error {
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	before, err := m.usage(ctx)
	if err != nil {
		return err
	}
	_, writes, _ := l.reports.count()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(idleFor):
	}
	after, err := m.usage(ctx)
	if err != nil {
		return err
	}
	_, now, _ := l.reports.count()
	f.add(idleWrites, float64(now-writes))
	f.add(idleCPU, 100*(after.cpu-before.cpu)/idleFor.Seconds())
	f.add(idleRequests, (after.requests-before.requests)/idleFor.Minutes())
	return nil
}

// measureFootprint measures what the audit of the cluster holds. The profile of the heap collects what is garbage first.
func (l *lab) measureFootprint(ctx context.Context, m *manager, f *figures) error {
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	if err := m.profile(ctx, "heap?gc=1", filepath.Join(l.profiles, "heap.pprof")); err != nil {
		return err
	}
	u, err := m.usage(ctx)
	if err != nil {
		return err
	}
	_, took, series, err := m.scrape(ctx)
	if err != nil {
		return err
	}
	f.add(heapPerPod, u.heap/float64(l.size.Pods)/1024)
	f.add(peakMemory, u.peak/(1<<20))
	f.add(peakRatio, u.peak/u.heap)
	f.add(seriesCount, float64(series))
	f.add(scrapeTime, milliseconds(took))
	return nil
}

// measureSuccession measures how soon another manager goes on where one was stopped, and where one was killed.
func (l *lab) measureSuccession(ctx context.Context, m *manager, f *figures) error {
	if err := m.Stop(); err != nil {
		return err
	}
	_, before, _ := l.reports.count()
	first, err := l.start(elected()...)
	if err != nil {
		return err
	}
	took, err := first.ready(ctx)
	if err != nil {
		return err
	}
	f.add(restartTime, took.Seconds())
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	_, after, _ := l.reports.count()
	f.add(restartWrites, float64(after-before))

	second, err := l.start(elected()...)
	if err != nil {
		return err
	}
	if _, err := second.ready(ctx); err != nil {
		return err
	}
	if err := syscall.Kill(first.Pid(), syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing the leader: %w", err)
	}
	took, err = l.probe(ctx, "failover")
	f.add(failOver, took.Seconds())
	return err
}
