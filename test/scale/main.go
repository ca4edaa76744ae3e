package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/fleet"
)

// sizes are a small cluster, a large one, and the one that Kubernetes is tested with.
func sizes() map[string]fleet.Size {
	return map[string]fleet.Size{
		"s": {Nodes: 50, Namespaces: 20, Pods: 1_500},
		"m": {Nodes: 500, Namespaces: 100, Pods: 15_000},
		"l": {Nodes: 5_000, Namespaces: 500, Pods: 150_000},
	}
}

func main() {
	name := flag.String("size", "s", "Size of the cluster: s, m or l.")
	seed := flag.Uint64("seed", 1, "Seed of the cluster.")
	soak := flag.Duration("soak", 0, "Keep the manager busy for so long and watch whether it grows, instead of measuring.")
	page := flag.String("page", "", "Page that the table of figures is written into; empty: none.")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctrl.SetLogger(logr.Discard())
	if err := run(ctx, *name, *seed, *soak, *page); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, name string, seed uint64, soak time.Duration, page string) (err error) {
	size, ok := sizes()[name]
	if !ok {
		return fmt.Errorf("-size is %q, must be s, m or l", name)
	}
	root, err := cluster.RepositoryRoot()
	if err != nil {
		return err
	}
	lab, err := newLab(ctx, root, size, seed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.close()) }()
	if soak > 0 {
		return lab.soakAndTell(ctx, name, soak, page)
	}
	figures, err := lab.measure(ctx)
	if err != nil {
		return err
	}
	out := filepath.Join(root, "bin", "scale", name+".json")
	if err := saveResults(out, figures.values); err != nil {
		return err
	}
	ranges, err := loadRanges(filepath.Join(root, "test", "scale", "ranges.yaml"))
	if err != nil {
		return err
	}
	fmt.Print(figures.table(ranges[name]))
	if page != "" {
		if err := writePage(page, root); err != nil {
			return err
		}
	}
	if ranges[name] == nil {
		say("size %s has no ranges yet: nothing is compared", name)
		return nil
	}
	return ranges[name].check(figures)
}
