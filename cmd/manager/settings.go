package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/daysix/daysix/controllers"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/config/watch"
	"github.com/daysix/daysix/internal/metrics"
)

// loadConfiguration reads the configuration file; without one the defaults are in force.
func loadConfiguration(path string) (*config.AuditConfiguration, error) {
	if path == "" {
		return config.Default(), nil
	}
	return config.Load(path)
}

// settingsOf are the parts that the controllers need, for an API server of a minor version.
func settingsOf(c *config.AuditConfiguration, minor int) controllers.Settings {
	return controllers.Settings{
		Posture:            c.PostureSettings(),
		Owner:              c.Owner,
		ExcludedNamespaces: c.ExcludedNamespaces,
		Limits:             metrics.Limits{Workloads: c.Metrics.MaxWorkloadSeries, Namespaces: c.Metrics.MaxNamespaceSeries},
		PodSecurity:        c.PodSecuritySettings(minor),
		Ranges:             c.ClusterRanges(),
		TrustsWebhook:      c.TrustsWebhook,
	}
}

// dryRunsOf is how many dry-runs a second may be asked; 0 where the mode is off.
func dryRunsOf(c *config.AuditConfiguration) int {
	if !c.DryRun.Enabled {
		return 0
	}
	return c.DryRun.RequestsPerSecond
}

// settings are what the audit runs with: the configuration in force, and the version of the API server.
type settings struct {
	mu            sync.Mutex
	configuration *config.AuditConfiguration
	minor         int
	audit         *controllers.Audit
}

// change puts other settings into force.
func (s *settings) change(what func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	what()
	return s.audit.Reload(settingsOf(s.configuration, s.minor))
}

// configurationWatch puts a changed configuration file into force. It runs on every replica, since every replica assesses.
type configurationWatch struct {
	path     string
	settings *settings
	started  *config.AuditConfiguration // what was in force at the start
	log      logr.Logger
}

func watchConfiguration(mgr ctrl.Manager, path string, s *settings) error {
	if path == "" {
		return nil
	}
	w := &configurationWatch{path: path, settings: s, started: s.configuration, log: klog.LoggerWithName(mgr.GetLogger(), "config")}
	if err := mgr.Add(w); err != nil {
		return fmt.Errorf("watching the configuration: %w", err)
	}
	return nil
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (w *configurationWatch) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (w *configurationWatch) Start(ctx context.Context) error {
	return watch.Watch(ctx, w.path, w.started, w.changed, w.failed)
}

func (w *configurationWatch) changed(fresh *config.AuditConfiguration) {
	if err := w.settings.change(func() { w.settings.configuration = fresh }); err != nil {
		w.failed(err)
		return
	}
	w.log.Info("The configuration has changed and is in force", "file", w.path)
	if !slices.Equal(fresh.CustomResources, w.started.CustomResources) {
		w.log.Info("Other customResources come into force with a restart", "file", w.path)
	}
	if fresh.SecretMetadata != w.started.SecretMetadata {
		w.log.Info("Another secretMetadata comes into force with a restart", "file", w.path)
	}
	if fresh.PolicyReports != w.started.PolicyReports {
		w.log.Info("Other policyReports come into force with a restart", "file", w.path)
	}
	if fresh.DryRun != w.started.DryRun {
		w.log.Info("Another dryRun comes into force with a restart", "file", w.path)
	}
}

func (w *configurationWatch) failed(err error) {
	w.log.Error(err, "The configuration cannot be used, the one before stays in force", "file", w.path)
	w.settings.audit.ReloadFailed()
}
