package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/testing/fleet"
)

const (
	// probes is how many changes the reaction is measured with.
	probes = 100
	// churnRate is how many pods a second are created and deleted, half of them each.
	churnRate  = 100
	churnFor   = 20 * time.Second
	churning   = 10 // workloads
	probeEvery = 200 * time.Millisecond
)

// probe creates a pod that nobody owns and returns how long its report took. It leaves nothing behind.
func (l *lab) probe(ctx context.Context, name string) (time.Duration, error) {
	pod := fleet.Probe(name)
	written := l.reports.next(pod.Namespace, "pod-"+name)
	begin := time.Now()
	if _, err := l.clients.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return 0, fmt.Errorf("creating pod %s: %w", name, err)
	}
	var took time.Duration
	select {
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for the report of pod %s: %w", name, ctx.Err())
	case at := <-written:
		took = at.Sub(begin)
	}
	gone := l.reports.next(pod.Namespace, "pod-"+name)
	if err := l.clients.CoreV1().Pods(pod.Namespace).Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return 0, fmt.Errorf("deleting pod %s: %w", name, err)
	}
	select {
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for the report of pod %s to go: %w", name, ctx.Err())
	case <-gone:
		return took, nil
	}
}

// measureRest measures one change at a time.
func (l *lab) measureRest(ctx context.Context, _ *manager, f *figures) error {
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	_, before, _ := l.reports.count()
	took := make([]time.Duration, 0, probes)
	for i := range probes {
		t, err := l.probe(ctx, fmt.Sprintf("rest-%03d", i))
		if err != nil {
			return err
		}
		took = append(took, t)
	}
	if err := l.reports.quiet(ctx); err != nil {
		return err
	}
	_, after, _ := l.reports.count()
	f.add(restMedian, milliseconds(quantile(took, .5)))
	f.add(restP99, milliseconds(quantile(took, .99)))
	f.add(writesPerChange, float64(after-before)/(2*probes))
	return nil
}

// measureChurn measures changes amid others.
func (l *lab) measureChurn(ctx context.Context, _ *manager, f *figures) error {
	churned, stop := context.WithTimeout(ctx, churnFor)
	defer stop()
	group, within := errgroup.WithContext(ctx)
	limit := rate.NewLimiter(churnRate, 1)
	for i := range churning {
		group.Go(func() error { return l.churn(within, churned, limit, i) })
	}
	var mu sync.Mutex
	var took []time.Duration
	for i, every := 0, time.NewTicker(probeEvery); churned.Err() == nil; i++ {
		select {
		case <-churned.Done():
			every.Stop()
		case <-every.C:
			group.Go(func() error {
				t, err := l.probe(within, fmt.Sprintf("churn-%03d", i))
				mu.Lock()
				defer mu.Unlock()
				took = append(took, t)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	f.add(churnMedian, milliseconds(quantile(took, .5)))
	f.add(churnP99, milliseconds(quantile(took, .99)))
	return nil
}

// limiter says when the next change may be made.
type limiter interface{ Wait(context.Context) error }

// churn creates and deletes pods of one workload until the time is over, and takes all of them away again.
func (l *lab) churn(ctx, until context.Context, limit limiter, i int) error {
	w := fleet.Churning(i)
	if err := l.loadWorkload(ctx, w); err != nil {
		return err
	}
	pods := l.clients.CoreV1().Pods(w.Owners[0].GetNamespace())
	for n := 0; limit.Wait(until) == nil; n++ {
		pod := w.Pods[n%len(w.Pods)].DeepCopy()
		if err := pods.Delete(ctx, pod.Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("deleting pod %s: %w", pod.Name, err)
		}
		if limit.Wait(until) != nil {
			break
		}
		if err := start(ctx, l.clients, pod); err != nil {
			return err
		}
	}
	for _, owner := range w.Owners {
		if err := l.admin.Delete(ctx, owner); err != nil {
			return fmt.Errorf("deleting %s: %w", owner.GetName(), err)
		}
	}
	return pods.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: fleet.SelectorOf(w)})
}

func quantile(of []time.Duration, q float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[min(len(of)-1, int(q*float64(len(of))))]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
