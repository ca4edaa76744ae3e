package main

import (
	"crypto/tls"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/controllers"
	"github.com/daysix/daysix/internal/snapshot"
)

// leaderElectionID is the name of the lease.
const leaderElectionID = "manager.daysix.dev"

// newManager makes the manager whose cache projects for the model and complains to sourceErrors.
func newManager(o *options, model *snapshot.Snapshot, sourceErrors *controllers.SourceErrors) (ctrl.Manager, error) {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(daysixv1alpha1.AddToScheme(scheme))
	metrics := metricsserver.Options{
		BindAddress: o.metricsAddress, SecureServing: o.metricsSecure,
		CertDir: o.metricsCertDir,
		// Prometheus has spoken nothing older for years, so nobody needs it.
		TLSOpts: []func(*tls.Config){func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }},
	}
	if o.metricsSecure {
		metrics.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	mgr, err := ctrl.NewManager(o.restConfig, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         controllers.CacheOptions(model, sourceErrors),
		Metrics:                       metrics,
		HealthProbeBindAddress:        o.healthAddress,
		PprofBindAddress:              o.pprofAddress,
		LeaderElection:                o.leaderElect,
		LeaderElectionID:              leaderElectionID,
		LeaderElectionNamespace:       o.leaderElectionNamespace,
		LeaderElectionReleaseOnCancel: true,
	})
	if err != nil {
		return nil, fmt.Errorf("creating the manager: %w", err)
	}
	return mgr, nil
}

// addChecks serves health and readiness. The process is healthy as long as it answers: a restart would begin the first
// pass anew, and mends nothing that a retry does not.
func addChecks(mgr ctrl.Manager, audit *controllers.Audit) error {
	if err := mgr.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return fmt.Errorf("serving health: %w", err)
	}
	if err := mgr.AddReadyzCheck("audit", audit.Ready); err != nil {
		return fmt.Errorf("serving readiness: %w", err)
	}
	return nil
}
