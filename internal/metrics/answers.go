package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// NewAnswers registers the metric of the last answer of the API server.
func NewAnswers(registry prometheus.Registerer, last func() time.Time) {
	family := familiesByName(workFamilies())[LastResponse]
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: family.Name, Help: family.Help},
		func() float64 { return seconds(last()) }))
}
