package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const (
	// startTimeout bounds each wait for a component. A machine that builds at the same time is slow.
	startTimeout = 2 * time.Minute
	pollInterval = 50 * time.Millisecond
)

// Cluster is a running control plane. Its methods are not safe for concurrent use where they start or stop something.
type Cluster struct {
	dir       string
	scratch   string
	assets    string
	opts      Options
	env       *envtest.Environment
	processes []*Process
	guard     *guard
	admin     *rest.Config
	client    client.Client
}

// Start starts what the options ask for and waits until it serves: nodes are Ready, the default ServiceAccount exists
// where there are controllers, CRDs are established. When it fails, nothing is left running.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	assets, err := opts.findAssets()
	if err != nil {
		return nil, err
	}
	c := &Cluster{opts: opts, assets: assets, dir: opts.Dir}
	if err := c.makeDirs(); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the control plane: %w", err), c.Stop())
	}
	return c, nil
}

func (c *Cluster) makeDirs() error {
	if c.dir == "" {
		dir, err := os.MkdirTemp("", "daysix-cluster-")
		if err != nil {
			return fmt.Errorf("making the folder of the control plane: %w", err)
		}
		c.dir, c.scratch = dir, dir
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return fmt.Errorf("resolving the folder of the control plane: %w", err)
	}
	c.dir = dir
	for _, sub := range []string{c.pids(), c.certDir(), c.etcdDir()} {
		// State of an earlier run would be read as this one's: only the logs of it are kept until they are overwritten.
		if err := os.RemoveAll(sub); err != nil {
			return fmt.Errorf("clearing the folder of the control plane: %w", err)
		}
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return fmt.Errorf("making the folder of the control plane: %w", err)
		}
	}
	return nil
}

func (c *Cluster) start(ctx context.Context) error {
	var err error
	if c.guard, err = startGuard(c.pids(), c.scratch); err != nil {
		return err
	}
	if err := c.startAPIServer(); err != nil {
		return err
	}
	if c.client, err = client.New(c.admin, client.Options{}); err != nil {
		return fmt.Errorf("building the administrator's client: %w", err)
	}
	if c.opts.Controllers {
		if err := c.startControllers(ctx); err != nil {
			return err
		}
	}
	if c.opts.simulatesNodes() {
		return c.startNodes(ctx)
	}
	return nil
}

// Stop ends every process, those first that need the others. It is safe to call it twice, and on a nil Cluster.
func (c *Cluster) Stop() error {
	if c == nil {
		return nil
	}
	var errs []error
	for _, p := range slices.Backward(slices.Clone(c.processes)) {
		errs = append(errs, p.Stop())
	}
	if c.env != nil {
		errs = append(errs, c.stopAPIServer())
	}
	if c.guard != nil {
		errs = append(errs, c.guard.release())
		c.guard = nil
	}
	if c.scratch != "" {
		errs = append(errs, os.RemoveAll(c.scratch))
	}
	return errors.Join(errs...)
}

// Config is the administrator's access. It is a copy that the caller may change.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.admin) }

// Client is the administrator's client, without a cache, for the built-in kinds and unstructured objects.
func (c *Cluster) Client() client.Client { return c.client }

// Dir holds the logs, one <component>.log each.
func (c *Cluster) Dir() string { return c.dir }

// Kubeconfig is the path of the administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return filepath.Join(c.dir, "kubeconfig") }

// Binary is the path of one of the binaries that the cluster runs from.
func (c *Cluster) Binary(name string) string { return filepath.Join(c.assets, name) }

// until polls a condition and gives up early when a component has ended.
func (c *Cluster) until(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	err := wait.PollUntilContextTimeout(ctx, pollInterval, startTimeout, true, func(ctx context.Context) (bool, error) {
		for _, p := range c.processes {
			if err := p.Err(); err != nil {
				return false, err
			}
		}
		return done(ctx)
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w", what, err)
	}
	return nil
}
