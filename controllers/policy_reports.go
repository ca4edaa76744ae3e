package controllers

import (
	"fmt"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/daysix/daysix/internal/publish/mirror"
)

// There is no marker for policy reports here: the right to write them comes with config/components/policy-reports.

// newMirror tells other tools what reports say. feeder is asked for every report once they can be told.
func newMirror(mgr manager.Manager, options Options, feeder *Feeder) (*mirror.Mirror, error) {
	objects, err := dynamic.NewForConfig(mgr.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("making a client for policy reports: %w", err)
	}
	listed, err := metadata.NewForConfig(mgr.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("making a client for policy reports: %w", err)
	}
	log := klog.LoggerWithName(mgr.GetLogger(), "policy-reports")
	ask := mirror.Requests{All: feeder.EnqueueAll, One: feeder.Enqueue}
	return mirror.New(options.PolicyReports, objects, listed, options.Clock, log, ask), nil
}
