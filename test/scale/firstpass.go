package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

const (
	// publishers is the manager's default of --concurrency.
	publishers = 16
	// podsPerSecond is about how fast a first pass is on a machine of two cores, with the API server on it.
	podsPerSecond = 1_000
)

// measureFirstPass compares the first pass of a manager with a client that has nothing to do but to write the same reports.
// A pass before both warms the API server and tells what the reports are.
func (l *lab) measureFirstPass(ctx context.Context, f *figures) (*manager, error) {
	say("warming up")
	if _, _, err := l.pass(ctx, true, l.profileCPU); err != nil {
		return nil, err
	}
	var list daysixv1alpha1.PodSecurityReportList
	if err := l.admin.List(ctx, &list); err != nil {
		return nil, fmt.Errorf("listing the reports: %w", err)
	}
	f.add(reportMedian, medianBytes(list.Items))
	if err := l.deleteReports(ctx); err != nil {
		return nil, err
	}
	say("writing the reports by a bare client")
	bare, err := l.applyAll(ctx, list.Items)
	if err != nil {
		return nil, err
	}
	if err := l.deleteReports(ctx); err != nil {
		return nil, err
	}
	say("measuring the first pass")
	before, err := l.storage(ctx)
	if err != nil {
		return nil, err
	}
	m, took, err := l.pass(ctx, false, nil)
	if err != nil {
		return nil, err
	}
	after, err := l.storage(ctx)
	f.add(firstPass, took.Seconds())
	f.add(bareClient, bare.Seconds())
	f.add(firstPassRatio, took.Seconds()/bare.Seconds())
	f.add(storageGrowth, max(0, after-before)/(1<<20)/float64(l.workloads)*1000)
	return m, err
}

// pass runs a manager until all reports are there, and stops it where that is wanted. The time is from the start of the
// process, with the time to read the cluster, to the last report. Who wants to look at the manager meanwhile is called beside it.
func (l *lab) pass(ctx context.Context, stop bool, meanwhile func(context.Context, *manager) error) (*manager, time.Duration, error) {
	m, err := l.start()
	if err != nil {
		return nil, 0, err
	}
	group, within := errgroup.WithContext(ctx)
	if meanwhile != nil {
		group.Go(func() error { return meanwhile(within, m) })
	}
	last, err := l.reports.until(ctx, l.workloads)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s", err, m.LogTail())
	}
	took := last.Sub(m.started)
	if err := group.Wait(); err != nil {
		return nil, 0, err
	}
	if err := l.reports.quiet(ctx); err != nil || !stop {
		return m, took, err
	}
	return m, took, m.Stop()
}

// profileCPU keeps a profile of what the manager does until about the end of its first pass.
func (l *lab) profileCPU(ctx context.Context, m *manager) error {
	if err := m.profiled(ctx); err != nil {
		return err
	}
	seconds := max(1, l.size.Pods/podsPerSecond)
	return m.profile(ctx, fmt.Sprintf("profile?seconds=%d", seconds), filepath.Join(l.profiles, "cpu.pprof"))
}

// applyAll writes reports by server-side apply, as many at a time as the manager does.
func (l *lab) applyAll(ctx context.Context, reports []daysixv1alpha1.PodSecurityReport) (time.Duration, error) {
	bodies := make([]runtime.ApplyConfiguration, len(reports))
	for i := range reports {
		r := &reports[i]
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&daysixv1alpha1.PodSecurityReport{
			TypeMeta:   metav1.TypeMeta{APIVersion: daysixv1alpha1.SchemeGroupVersion.String(), Kind: "PodSecurityReport"},
			ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: r.Name, Labels: r.Labels, OwnerReferences: r.OwnerReferences},
			Spec:       r.Spec, Status: r.Status,
		})
		if err != nil {
			return 0, fmt.Errorf("encoding report %s: %w", client.ObjectKeyFromObject(r), err)
		}
		bodies[i] = client.ApplyConfigurationFromUnstructured(unstructuredOf(content))
	}
	begin := time.Now()
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(publishers)
	for _, body := range bodies {
		group.Go(func() error {
			return l.admin.Apply(within, body, client.FieldOwner("bare-client"), client.ForceOwnership)
		})
	}
	if err := group.Wait(); err != nil {
		return 0, fmt.Errorf("writing the reports: %w", err)
	}
	last, err := l.reports.until(ctx, l.workloads)
	return last.Sub(begin), err
}

func (l *lab) deleteReports(ctx context.Context) error {
	var namespaces corev1.NamespaceList
	if err := l.admin.List(ctx, &namespaces); err != nil {
		return fmt.Errorf("listing the namespaces: %w", err)
	}
	for i := range namespaces.Items {
		in := client.InNamespace(namespaces.Items[i].Name)
		if err := l.admin.DeleteAllOf(ctx, &daysixv1alpha1.PodSecurityReport{}, in); err != nil {
			return fmt.Errorf("deleting the reports: %w", err)
		}
	}
	_, err := l.reports.until(ctx, 0)
	return err
}

func medianBytes(reports []daysixv1alpha1.PodSecurityReport) float64 {
	sizes := make([]int, len(reports))
	for i := range reports {
		sizes[i] = encodedBytes(&reports[i])
	}
	slices.Sort(sizes)
	return float64(sizes[len(sizes)/2]) / 1024
}
