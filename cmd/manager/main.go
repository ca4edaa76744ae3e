// Command manager runs the audit in a cluster, or outside of one against a kubeconfig.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/daysix/daysix/controllers"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/policyreport"
)

func main() {
	options := newOptions()
	options.addFlags(flag.CommandLine)
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&options.log)))
	if err := run(ctrl.SetupSignalHandler(), options); err != nil {
		klog.LoggerWithName(ctrl.Log, "manager").Error(err, "The manager ends")
		os.Exit(1)
	}
}

func run(ctx context.Context, options *options) error {
	if err := options.complete(); err != nil {
		return err
	}
	configuration, err := loadConfiguration(options.configFile)
	if err != nil {
		return err
	}
	heard := &answers{clock: clock.RealClock{}}
	heard.listen(options.restConfig)
	metrics.NewAnswers(ctrlmetrics.Registry, heard.at)
	sourceErrors := controllers.NewSourceErrors(clock.RealClock{})
	m := model.New(configuration.CustomResources...)
	mgr, err := newManager(options, m.Snapshot, sourceErrors)
	if err != nil {
		return err
	}
	settings := &settings{configuration: configuration}
	version, err := newVersionWatch(options.restConfig, settings)
	if err != nil {
		return err
	}
	settings.audit, err = controllers.Setup(mgr, controllers.Options{
		Settings: settingsOf(configuration, settings.minor), SecretMetadata: configuration.SecretMetadata,
		PolicyReports: policyreport.Format(configuration.PolicyReportFormat()),
		Model:         m, Errors: sourceErrors,
		Concurrency: options.concurrency, DryRuns: dryRunsOf(configuration), Clock: clock.RealClock{},
	})
	if err != nil {
		return fmt.Errorf("setting up the audit: %w", err)
	}
	for _, add := range []func() error{
		func() error { return addChecks(mgr, settings.audit) },
		func() error { return version.addTo(mgr) },
		func() error { return watchConfiguration(mgr, options.configFile, settings) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return mgr.Start(ctx)
}
