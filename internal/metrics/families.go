package metrics

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Type is the type of a family, in Prometheus' words.
type Type string

// The types.
const (
	Gauge     Type = "gauge"
	Counter   Type = "counter"
	Histogram Type = "histogram"
)

// Exporter says which replicas export a family.
type Exporter string

// The exporters. Only the replica that leads exports what is about workloads, so that two replicas do not count everything
// twice.
const (
	Leader       Exporter = "the leader"
	EveryReplica Exporter = "every replica"
)

// Family declares a family of metrics.
type Family struct {
	Name, Help string
	Type       Type
	// Labels in the order in which values are given.
	Labels []string
	By     Exporter
	// Most is how many series there are at most under the limits; of a histogram, all that a classic scrape sees.
	Most func(Limits) int
	// Capped is true where the bound is a cap and not a closed set: what lies beyond it is added up as "other", or left out
	// where values cannot be added.
	Capped bool
}

// Limits bound the number of series.
type Limits struct {
	// Workloads is how many workloads have series of their own: those with the highest scores.
	Workloads int
	// Namespaces is how many namespaces have series of their own: those with the most workloads.
	Namespaces int
}

// Families lists every family, by name.
func Families() []Family {
	all := slices.Concat(workloadFamilies(), ownerFamilies(), restartFamilies(), exceptionFamilies(), policyFamilies(),
		stateFamilies(), workFamilies())
	slices.SortFunc(all, func(a, b Family) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Series is how many series all families have together at most.
func Series(limits Limits) int {
	sum := 0
	for _, f := range Families() {
		sum += f.Most(limits)
	}
	return sum
}

// fixed is a bound that follows from closed sets.
func fixed(n int) func(Limits) int { return func(Limits) int { return n } }

// perNamespace is a bound of n series for each named namespace, and for the others together.
func perNamespace(n int) func(Limits) int {
	return func(l Limits) int { return n * (l.Namespaces + 1) }
}

func perWorkload(l Limits) int { return l.Workloads }

// descriptors of families, by name.
type descriptors map[string]*prometheus.Desc

func describe(families ...Family) descriptors {
	out := make(descriptors, len(families))
	for _, f := range families {
		out[f.Name] = prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)
	}
	return out
}

// scrape is one scrape under way.
type scrape struct {
	descriptors
	out chan<- prometheus.Metric
}

func (s scrape) gauge(name string, value float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.descriptors[name], prometheus.GaugeValue, value, labels...)
}
