// Command demo shows Daysix at work: a real control plane with simulated nodes, sample workloads, and the manager with
// exactly the rights that config/rbac gives it. Run it with `make demo`.
//
// It builds what it needs, prints the reports to standard output and its progress to standard error, and runs until it
// is interrupted; with DEMO_EXIT=1 it ends after printing.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/daysix/daysix/internal/testing/cluster"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The demo tells its own story; what controller-runtime logs would only interrupt it.
	ctrl.SetLogger(logr.Discard())
	if err := run(ctx); err != nil {
		if ctx.Err() != nil {
			os.Exit(130)
		}
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := cluster.RepositoryRoot()
	if err != nil {
		return err
	}
	d := &demo{root: root, progress: progress{out: os.Stderr, start: time.Now()}, out: os.Stdout}
	if err := d.build(ctx); err != nil {
		return err
	}
	if d.dir, err = os.MkdirTemp("", "daysix-demo-"); err != nil {
		return fmt.Errorf("making the folder of the demo: %w", err)
	}
	err = d.show(ctx, os.Getenv("DEMO_EXIT") == "1")
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w\nThe logs are kept in %s", err, d.dir)
	}
	if removeErr := os.RemoveAll(d.dir); err == nil && removeErr != nil {
		return fmt.Errorf("removing the folder of the demo: %w", removeErr)
	}
	return err
}

// progress prints what goes on and how long it has taken so far.
type progress struct {
	out   io.Writer
	start time.Time
}

func (p progress) say(format string, args ...any) {
	elapsed := time.Since(p.start).Round(time.Second)
	fmt.Fprintf(p.out, "demo [%6s] %s\n", elapsed, fmt.Sprintf(format, args...))
}
