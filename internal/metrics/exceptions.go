package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/exception"
)

// ExceptionTally counts exceptions.
type ExceptionTally struct {
	States map[exception.State]int
	// NextExpiry is when the next of those in force ends; the zero time where none does.
	NextExpiry time.Time
}

// Add counts an exception, with when it ends: the zero time where it has ended, or never ends.
func (t *ExceptionTally) Add(state exception.State, ends time.Time) {
	if t.States == nil {
		t.States = make(map[exception.State]int)
	}
	t.States[state]++
	t.NextExpiry = earlier(t.NextExpiry, ends)
}

// exceptionState collects the state of the exceptions.
type exceptionState struct {
	count func() ExceptionTally
	leads func() bool
	descriptors
}

// NewExceptions returns a collector that counts the exceptions at the time of a scrape. Only the replica that leads exports
// its series.
func NewExceptions(count func() ExceptionTally, leads func() bool) prometheus.Collector {
	return &exceptionState{count, leads, describe(exceptionFamilies()...)}
}

// Describe implements prometheus.Collector.
func (e *exceptionState) Describe(out chan<- *prometheus.Desc) {
	for _, d := range e.descriptors {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (e *exceptionState) Collect(out chan<- prometheus.Metric) {
	if !e.leads() {
		return
	}
	to, tally := scrape{e.descriptors, out}, e.count()
	for _, state := range exception.States() {
		to.gauge(Exceptions, float64(tally.States[state]), string(state))
	}
	if !tally.NextExpiry.IsZero() {
		to.gauge(ExceptionNextExpiry, seconds(tally.NextExpiry))
	}
}
