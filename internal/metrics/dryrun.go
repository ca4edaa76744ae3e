package metrics

import "github.com/prometheus/client_golang/prometheus"

// DryRun counts what the dry-run mode does.
type DryRun struct{ guard prometheus.Gauge }

// NewDryRun registers the metrics of the mode. It is called where the mode is on.
func NewDryRun(registry prometheus.Registerer) *DryRun {
	d := &DryRun{guard: familiesByName(workFamilies()).gauge(DryRunGuard)}
	registry.MustRegister(d.guard)
	return d
}

// GuardInForce records whether the guard is in force.
func (d *DryRun) GuardInForce(is bool) { d.guard.Set(boolean(is)) }
