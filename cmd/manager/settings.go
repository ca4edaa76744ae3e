package main

import (
	"context"
	"fmt"
	"slices"

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

func settingsOf(c *config.AuditConfiguration) controllers.Settings {
	return controllers.Settings{
		Posture:            c.PostureSettings(),
		ExcludedNamespaces: c.ExcludedNamespaces,
		Limits:             metrics.Limits{Workloads: c.Metrics.MaxWorkloadSeries, Namespaces: c.Metrics.MaxNamespaceSeries},
		CustomResources:    c.CustomResources,
	}
}

// configurationWatch puts a changed configuration file into force. It runs on every replica, since every replica assesses.
type configurationWatch struct {
	path    string
	started *config.AuditConfiguration // what was in force at the start
	audit   *controllers.Audit
	log     logr.Logger
}

func watchConfiguration(mgr ctrl.Manager, path string, started *config.AuditConfiguration, audit *controllers.Audit) error {
	if path == "" {
		return nil
	}
	w := &configurationWatch{path: path, started: started, audit: audit, log: klog.LoggerWithName(mgr.GetLogger(), "config")}
	if err := mgr.Add(w); err != nil {
		return fmt.Errorf("watching the configuration: %w", err)
	}
	return nil
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (w *configurationWatch) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable.
func (w *configurationWatch) Start(ctx context.Context) error {
	return watch.Watch(ctx, w.path, w.started,
		func(fresh *config.AuditConfiguration) {
			w.log.Info("The configuration has changed and is in force", "file", w.path)
			if !slices.Equal(fresh.CustomResources, w.started.CustomResources) {
				w.log.Info("Other customResources come into force with a restart", "file", w.path)
			}
			if fresh.SecretMetadata != w.started.SecretMetadata {
				w.log.Info("Another secretMetadata comes into force with a restart", "file", w.path)
			}
			w.audit.Reload(settingsOf(fresh))
		},
		func(err error) {
			w.log.Error(err, "The configuration cannot be used, the one before stays in force", "file", w.path)
			w.audit.ReloadFailed()
		})
}
