package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// sampleEvery is how precisely recovery is timed.
const sampleEvery = 100 * time.Millisecond

// said is what reports say, by namespace and name, without what differs between two looks at the same cluster.
type said map[string]string

// sample is what the API server held at a time.
type sample struct {
	at      time.Time
	reports said
}

// sampler takes note of what the reports say, again and again: so that the time of recovery is known although what is right can
// only be asked after it.
type sampler struct {
	mu      sync.Mutex
	samples []sample // those that differ from the one before
}

func newSampler(t *testing.T, c client.Client) *sampler {
	t.Helper()
	s := &sampler{}
	ctx, stop := context.WithCancel(background())
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(sampleEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				// While the API server does not answer nobody reads a report either.
				if reports, err := stored(ctx, c); err == nil {
					s.add(sample{time.Now(), reports})
				}
			}
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return s
}

func (s *sampler) add(taken sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.samples); n > 0 && maps.Equal(s.samples[n-1].reports, taken.reports) {
		return
	}
	s.samples = append(s.samples, taken)
}

// rightSince is since when the reports have said what is right; false where they do not.
func (s *sampler) rightSince(right said) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.samples); n > 0 && maps.Equal(s.samples[n-1].reports, right) {
		return s.samples[n-1].at, true
	}
	return time.Time{}, false
}

// stored is what the reports of the cluster say.
func stored(ctx context.Context, c client.Client) (said, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var list daysixv1alpha1.PodSecurityReportList
	if err := c.List(ctx, &list); err != nil {
		return nil, fmt.Errorf("listing the reports: %w", err)
	}
	return sayings(list.Items)
}

// sayings are what reports say. Since when they do is left out: a fresh look does not know it. So is the score after a fix, which
// follows what others become only when the workload is assessed again.
func sayings(reports []daysixv1alpha1.PodSecurityReport) (said, error) {
	out := make(said, len(reports))
	for i := range reports {
		r := &reports[i]
		r.Status.SeveritySince, r.Status.Restart.VerdictSince = metav1.Time{}, metav1.Time{}
		if r.Status.TopFix != nil {
			r.Status.TopFix.ScoreAfter = 0
		}
		for j := range r.Status.Findings {
			r.Status.Findings[j].Since = metav1.Time{}
		}
		encoded, err := json.Marshal(map[string]any{
			"labels": r.Labels, "owners": r.OwnerReferences, "finalizers": r.Finalizers, "spec": r.Spec, "status": r.Status,
		})
		if err != nil {
			return nil, fmt.Errorf("encoding report %s/%s: %w", r.Namespace, r.Name, err)
		}
		name := r.Namespace + "/" + r.Name
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("two reports are called %s", name)
		}
		out[name] = string(encoded)
	}
	return out, nil
}
