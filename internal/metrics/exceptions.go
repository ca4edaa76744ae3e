package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/exception"
)

// Exceptions counts the exceptions by state at the time of a scrape.
type Exceptions struct {
	count      func() map[exception.State]int
	leads      func() bool
	exceptions *prometheus.Desc
}

// NewExceptions returns a collector. Only the replica that leads exports its series.
func NewExceptions(count func() map[exception.State]int, leads func() bool) *Exceptions {
	return &Exceptions{count: count, leads: leads, exceptions: prometheus.NewDesc(
		prometheus.BuildFQName(namespace, "", "exceptions"),
		"AuditExceptions by state. Of an inert one, all or a part has no effect.", []string{"state"}, nil,
	)}
}

// Describe implements prometheus.Collector.
func (e *Exceptions) Describe(out chan<- *prometheus.Desc) { out <- e.exceptions }

// Collect implements prometheus.Collector.
func (e *Exceptions) Collect(out chan<- prometheus.Metric) {
	if !e.leads() {
		return
	}
	counts := e.count()
	for _, state := range exception.States() {
		out <- prometheus.MustNewConstMetric(e.exceptions, prometheus.GaugeValue, float64(counts[state]), string(state))
	}
}
