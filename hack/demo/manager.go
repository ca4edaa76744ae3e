package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/samples"
)

const (
	readyTimeout   = time.Minute
	reportsTimeout = time.Minute
	pollInterval   = 200 * time.Millisecond
)

// startManager runs the manager with a token of its ServiceAccount and nothing else, and waits until it is ready.
func (d *demo) startManager(ctx context.Context, c *cluster.Cluster) (*cluster.Process, error) {
	config, err := c.ManagerConfig(ctx)
	if err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(d.dir, "manager.kubeconfig")
	if err := cluster.WriteKubeconfig(config, kubeconfig); err != nil {
		return nil, err
	}
	metrics, err := cluster.FreeAddress()
	if err != nil {
		return nil, err
	}
	probes, err := cluster.FreeAddress()
	if err != nil {
		return nil, err
	}
	manager, err := c.Run("manager", d.manager(), "--kubeconfig", kubeconfig,
		"--metrics-bind-address", metrics, "--metrics-secure=false", "--health-probe-bind-address", probes)
	if err != nil {
		return nil, err
	}
	err = wait.PollUntilContextTimeout(ctx, pollInterval, readyTimeout, true, func(ctx context.Context) (bool, error) {
		return cluster.Ready(ctx, probes), manager.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("waiting for the manager to be ready: %w", withLog(err, manager))
	}
	return manager, nil
}

// withLog adds the end of the manager's log, which the error of a manager that has ended carries already.
func withLog(err error, manager *cluster.Process) error {
	if manager.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: the manager says: %s", err, manager.LogTail())
}

// waitForReports waits until every sample has its report. It reads metadata only: what is in them is not its business.
func waitForReports(ctx context.Context, c *cluster.Cluster, manager *cluster.Process, workloads []samples.Workload) error {
	var missing []string
	err := wait.PollUntilContextTimeout(ctx, pollInterval, reportsTimeout, true, func(ctx context.Context) (bool, error) {
		reports := &metav1.PartialObjectMetadataList{}
		reports.SetGroupVersionKind(schema.GroupVersionKind{Group: "daysix.dev", Version: "v1alpha1", Kind: "PodSecurityReportList"})
		if err := c.Client().List(ctx, reports); err != nil {
			return false, fmt.Errorf("listing the reports: %w", err)
		}
		missing = missingReports(workloads, reports.Items)
		return len(missing) == 0, manager.Err()
	})
	if err != nil {
		return fmt.Errorf("waiting for reports, missing %s: %w", strings.Join(missing, ", "), withLog(err, manager))
	}
	return nil
}

func missingReports(workloads []samples.Workload, reports []metav1.PartialObjectMetadata) []string {
	var missing []string
	for _, workload := range workloads {
		there := slices.ContainsFunc(reports, func(report metav1.PartialObjectMetadata) bool {
			return report.Namespace == workload.Namespace && report.Name == workload.Report()
		})
		if !there {
			missing = append(missing, workload.Namespace+"/"+workload.Report())
		}
	}
	return missing
}
