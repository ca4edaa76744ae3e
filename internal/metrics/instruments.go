package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// declared are families by name, to make instruments of.
type declared map[string]Family

func familiesByName(families []Family) declared {
	out := make(declared, len(families))
	for _, f := range families {
		out[f.Name] = f
	}
	return out
}

func (d declared) gauge(name string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: d[name].Help})
}

func (d declared) counters(name string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: d[name].Help}, d[name].Labels)
}

// histogram is a native one with classic buckets beside it, for a Prometheus that does not read the native ones.
func (d declared) histogram(name string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: name, Help: d[name].Help, Buckets: buckets,

		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	})
}
