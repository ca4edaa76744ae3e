package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"k8s.io/apimachinery/pkg/util/wait"
)

// Component is a process of the control plane that Kill ends and Revive starts again.
type Component string

// The components.
const (
	APIServer Component = "kube-apiserver"
	Etcd      Component = "etcd"
)

// Kill ends a component as kill -9 does, and waits until it is gone. Nothing else is told.
func (c *Cluster) Kill(ctx context.Context, component Component) error {
	noted, err := os.ReadFile(c.pidFile(string(component)))
	if err != nil {
		return fmt.Errorf("finding the process of %s: %w", component, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(noted)))
	if err != nil {
		return fmt.Errorf("reading the process of %s: %w", component, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing %s: %w", component, err)
	}
	gone := func(context.Context) (bool, error) { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil }
	if err := wait.PollUntilContextTimeout(ctx, pollInterval, stopTimeout, true, gone); err != nil {
		return fmt.Errorf("waiting for the end of %s: %w", component, err)
	}
	return nil
}

// Revive starts again a component that was killed, at the same address and with the data that it left, and waits until it serves.
func (c *Cluster) Revive(component Component) error {
	start := c.env.ControlPlane.GetAPIServer().Start
	if component == Etcd {
		start = c.env.ControlPlane.Etcd.Start
	}
	if err := start(); err != nil {
		return fmt.Errorf("starting %s again: %w", component, err)
	}
	return nil
}
