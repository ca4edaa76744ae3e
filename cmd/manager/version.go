package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

// askVersion is how often the API server is asked for its version: an upgrade of the control plane moves what Pod Security
// enforces as latest, and nobody edits anything for it.
const askVersion = 10 * time.Minute

// versionWatch follows the version of the API server. It runs on every replica, since every replica assesses.
type versionWatch struct {
	client   discovery.ServerVersionInterface
	settings *settings
	log      logr.Logger
}

// newVersionWatch asks for the version once, so that the audit begins with it.
func newVersionWatch(config *rest.Config, s *settings) (*versionWatch, error) {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for the version of the API server: %w", err)
	}
	w := &versionWatch{client: client, settings: s}
	if s.minor, err = w.minor(); err != nil {
		return nil, err
	}
	return w, nil
}

// minor is the minor version of the API server, 37 for 1.37.
func (w *versionWatch) minor() (int, error) {
	version, err := w.client.ServerVersion()
	if err != nil {
		return 0, fmt.Errorf("asking for the version of the API server: %w", err)
	}
	// Some providers write 37+.
	minor, err := strconv.Atoi(strings.TrimRight(version.Minor, "+"))
	if err != nil || minor < 0 {
		return 0, fmt.Errorf("the API server says that its minor version is %q", version.Minor)
	}
	return minor, nil
}

func (w *versionWatch) addTo(mgr ctrl.Manager) error {
	w.log = klog.LoggerWithName(mgr.GetLogger(), "version")
	if err := mgr.Add(w); err != nil {
		return fmt.Errorf("watching the version of the API server: %w", err)
	}
	return nil
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (w *versionWatch) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (w *versionWatch) Start(ctx context.Context) error {
	ask := func(context.Context) (bool, error) {
		if err := w.ask(); err != nil {
			w.log.Error(err, "The version of the API server is taken to be the one before")
		}
		return false, nil
	}
	if err := wait.PollUntilContextCancel(ctx, askVersion, false, ask); err != nil && ctx.Err() == nil {
		return fmt.Errorf("following the version of the API server: %w", err)
	}
	return nil
}

func (w *versionWatch) ask() error {
	minor, err := w.minor()
	if err != nil || minor == w.settings.minor {
		return err
	}
	w.log.Info("The API server has another version", "minor", minor)
	return w.settings.change(func() { w.settings.minor = minor })
}
