package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/samples"
)

// demo is one run of it.
type demo struct {
	progress
	root, dir string
	out       io.Writer
}

// build makes the binaries; both steps keep what is current.
func (d *demo) build(ctx context.Context) error {
	d.say("building the control plane and the manager")
	if err := d.command(ctx, "bash", filepath.Join(d.root, "hack", "control-plane.sh")); err != nil {
		return fmt.Errorf("building the control plane: %w", err)
	}
	if err := d.command(ctx, "go", "build", "-o", d.manager(), "./cmd/manager"); err != nil {
		return fmt.Errorf("building the manager: %w", err)
	}
	return nil
}

func (d *demo) manager() string { return filepath.Join(d.root, "bin", "manager") }

func (d *demo) command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.root, os.Stderr, os.Stderr
	// An interrupt lets the build clean up, which a kill would not.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd.Run()
}

// show runs everything, prints the reports, and then waits for an interrupt unless it is told to exit.
func (d *demo) show(ctx context.Context, exit bool) (err error) {
	d.say("starting a control plane with one control-plane node and three workers")
	opts := cluster.Full()
	opts.Dir = d.dir
	c, err := cluster.Start(ctx, opts)
	if err != nil {
		return err
	}
	defer func() {
		d.say("stopping")
		err = errors.Join(err, c.Stop())
	}()
	d.say("installing config/default")
	if err := c.Install(ctx, d.root); err != nil {
		return err
	}
	set, err := samples.Load(d.root)
	if err != nil {
		return err
	}
	d.say("applying %d sample workloads", len(set.Workloads))
	if err := set.Apply(ctx, c); err != nil {
		return err
	}
	d.say("starting the manager as ServiceAccount %s/%s", cluster.SystemNamespace, cluster.ManagerAccount)
	manager, err := d.startManager(ctx, c)
	if err != nil {
		return err
	}
	// The Deployment that was installed only pretends to run, but Daysix judges itself by it like any other workload.
	self := samples.Workload{Kind: "Deployment", Namespace: cluster.SystemNamespace, Name: cluster.ManagerAccount}
	expected := append(set.Workloads, self)
	d.say("waiting for %d reports", len(expected))
	if err := waitForReports(ctx, c, manager, expected); err != nil {
		return err
	}
	table, err := c.Kubectl(ctx, "get", "podsecurityreports", "--all-namespaces")
	if err != nil {
		return err
	}
	d.say("kubectl get podsecurityreports -A")
	fmt.Fprint(d.out, table)
	if exit {
		return nil
	}
	return d.stay(ctx, c, manager)
}

// stay says how to look around, and returns when the demo is interrupted or the manager ends.
func (d *demo) stay(ctx context.Context, c *cluster.Cluster, manager *cluster.Process) error {
	kubectl := c.Binary("kubectl")
	fmt.Fprintf(d.progress.out, `
The cluster and the manager run until Ctrl-C. To look around, in another terminal:

  export KUBECONFIG=%s
  %s get podsecurityreports -A
  %s get podsecurityreports -A --watch
  %s describe podsecurityreport -n shop deployment-storefront
  %s -n shop scale deployment/catalog --replicas=3

The manager's log: %s
`, c.Kubeconfig(), kubectl, kubectl, kubectl, kubectl, manager.Log())
	select {
	case <-ctx.Done():
		return nil
	case <-manager.Exited():
		return manager.Err()
	}
}
