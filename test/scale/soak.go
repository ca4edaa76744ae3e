package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

const (
	// soakRate is how many pods a second come or go.
	soakRate = 20
	// soakOther is how often something else changes: rights, a NetworkPolicy, what Pod Security enforces, an exception.
	soakOther = 5 * time.Second
	// soakSamples is how many samples are taken at least, and soakEvery how often where that is enough. A line through fewer than
	// fewSamples says nothing.
	soakSamples = 30
	soakEvery   = time.Minute
	fewSamples  = soakSamples / 2
	// warmUp is the part of the time after which growth counts: caches fill, and the collector finds its pace.
	warmUp = 0.2
)

// soaked is what a soak found.
type soaked struct {
	Size    string        `json:"size"`
	Length  time.Duration `json:"length"`
	Samples []sample      `json:"samples"`
	// Changes and Writes are those of the whole time.
	Changes int `json:"changes"`
	Writes  int `json:"writes"`
	// Reports is how many there are at the end, Differ how many of them a manager that starts anew writes otherwise.
	Reports int `json:"reports"`
	Differ  int `json:"differ"`
}

// runSoak keeps a manager busy for a time, and fails where something of it grows, or where a report is not what a fresh look at
// the cluster gives.
func (l *lab) runSoak(ctx context.Context, name string, length time.Duration) (*soaked, error) {
	m, _, err := l.pass(ctx, false, nil)
	if err != nil {
		return nil, err
	}
	say("soaking for %s", length)
	s := &soaked{Size: name, Length: length}
	_, before, _ := l.reports.count()
	changes, err := l.disturb(ctx, length, func(ctx context.Context) error { return l.observe(ctx, m, s) })
	if err != nil {
		return nil, errors.Join(err, m.Err())
	}
	_, after, _ := l.reports.count()
	s.Changes, s.Writes = changes, after-before
	if _, err := l.reports.until(ctx, l.workloads); err != nil {
		return nil, err
	}
	if err := l.reports.quiet(ctx); err != nil {
		return nil, err
	}
	if err := m.profile(ctx, "heap?gc=1", filepath.Join(l.profiles, "soaked.pprof")); err != nil {
		return nil, err
	}
	return s, l.lookAnew(ctx, m, s)
}

// soakAndTell soaks, keeps the samples in a file, and prints what came of them.
func (l *lab) soakAndTell(ctx context.Context, name string, length time.Duration, page string) error {
	s, err := l.runSoak(ctx, name, length)
	if err != nil {
		return err
	}
	if err := saveResults(soakFile(l.profiles, name), s); err != nil {
		return err
	}
	for _, t := range s.trends() {
		fmt.Printf("%-24s %10s %10s  margin %s\n", t.of.what, number(t.first), number(t.last), t.of.margin())
	}
	fmt.Printf("%d changes, %d writes; %d reports, %d of them otherwise by a manager that starts anew\n",
		s.Changes, s.Writes, s.Reports, s.Differ)
	if page != "" {
		if err := writeSoaks(page, l.profiles); err != nil {
			return err
		}
	}
	return s.verdict(l.workloads)
}

// disturb changes the cluster while something runs until the time is over, and returns how many changes it made.
func (l *lab) disturb(ctx context.Context, length time.Duration, beside func(context.Context) error) (int, error) {
	until, stop := context.WithTimeout(ctx, length)
	defer stop()
	group, within := errgroup.WithContext(ctx)
	limit := &countingLimiter{Limiter: rate.NewLimiter(soakRate, 1)}
	for i := range churning {
		group.Go(func() error { return l.churn(within, until, limit, i) })
	}
	group.Go(func() error { return l.disturbOthers(within, until, limit) })
	group.Go(func() error {
		sampled, cancel := context.WithCancel(within)
		defer cancel()
		context.AfterFunc(until, cancel)
		if err := beside(sampled); err != nil && until.Err() == nil {
			return err
		}
		return nil
	})
	err := group.Wait()
	return int(limit.made.Load()), err
}

// observe takes samples until the context ends.
func (l *lab) observe(ctx context.Context, m *manager, s *soaked) error {
	begin, every := time.Now(), min(soakEvery, s.Length/soakSamples)
	for ticks := time.NewTicker(every); ; {
		select {
		case <-ctx.Done():
			ticks.Stop()
			return nil
		case <-ticks.C:
		}
		taken, err := m.sample(ctx)
		if err != nil {
			return err
		}
		taken.At = time.Since(begin)
		_, taken.Writes, _ = l.reports.count()
		s.Samples = append(s.Samples, taken)
		say("%s", taken)
	}
}

// lookAnew starts another manager on the cluster as it is now: it assesses everything, and writes what differs.
func (l *lab) lookAnew(ctx context.Context, m *manager, s *soaked) error {
	if err := m.Stop(); err != nil {
		return err
	}
	_, before, _ := l.reports.count()
	fresh, err := l.start()
	if err != nil {
		return err
	}
	if _, err := fresh.ready(ctx); err != nil {
		return err
	}
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	var after int
	s.Reports, after, _ = l.reports.count()
	s.Differ = after - before
	return fresh.Stop()
}

// verdict is an error for all that is not as it should be.
func (s *soaked) verdict(workloads int) error {
	var all []error
	if n := len(s.warm()); n < fewSamples {
		all = append(all, fmt.Errorf("there are %d samples after the warm-up, too few to judge by", n))
	}
	for _, t := range s.trends() {
		if !t.holds() {
			all = append(all, fmt.Errorf("%s grew from %s to %s over the time after the warm-up, more than %s",
				t.of.what, number(t.first), number(t.last), t.of.margin()))
		}
	}
	if s.Differ > 0 {
		all = append(all, fmt.Errorf("a manager that started anew wrote %d reports otherwise", s.Differ))
	}
	if s.Reports != workloads {
		all = append(all, fmt.Errorf("there are %d reports for %d workloads", s.Reports, workloads))
	}
	return errors.Join(all...)
}
