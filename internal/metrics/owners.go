package metrics

import (
	"cmp"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// maxOwners is how many owners have series of their own: those with the most workloads. The others are added up.
	maxOwners = 40
	// otherOwners is the label of the owners beyond it.
	otherOwners = "other"
)

// Owners keeps who the workloads belong to, where the configuration asks for it. A workload without an owner is not kept. The
// nil Owners keeps nothing.
type Owners struct {
	mu    sync.RWMutex
	owned map[snapshot.Key]ownedBy
}

type ownedBy struct {
	owner    string
	severity finding.Severity
}

// NewOwners returns owners of nothing.
func NewOwners() *Owners { return &Owners{owned: make(map[snapshot.Key]ownedBy)} }

// Put records the verdict on a workload.
func (o *Owners) Put(a *assess.Assessment) {
	if o == nil || a.Owner == "" {
		o.Delete(a.Workload.Key)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owned[a.Workload.Key] = ownedBy{a.Owner, a.Score.Severity()}
}

// Delete forgets a workload.
func (o *Owners) Delete(key snapshot.Key) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.owned, key)
}

// Collector counts workloads by owner at the time of a scrape, where this replica leads.
func (o *Owners) Collector(leads func() bool) prometheus.Collector {
	desc := describe(ownerFamilies()...)
	return &ownersCollector{Owners: o, leads: leads, workloads: desc[OwnerWorkloads], dropped: desc[OwnersDropped]}
}

type ownersCollector struct {
	*Owners

	leads              func() bool
	workloads, dropped *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *ownersCollector) Describe(out chan<- *prometheus.Desc) {
	out <- c.workloads
	out <- c.dropped
}

// Collect implements prometheus.Collector. Every severity of an owner has its series, so that one that falls to zero is seen
// to do so.
func (c *ownersCollector) Collect(out chan<- prometheus.Metric) {
	if !c.leads() {
		return
	}
	counts, dropped := c.count()
	for owner, bySeverity := range counts {
		for _, severity := range finding.Severities() {
			out <- prometheus.MustNewConstMetric(
				c.workloads, prometheus.GaugeValue, float64(bySeverity[severity]), owner, string(severity))
		}
	}
	out <- prometheus.MustNewConstMetric(c.dropped, prometheus.GaugeValue, float64(dropped))
}

func (o *Owners) count() (counts map[string]map[finding.Severity]int, dropped int) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	totals := make(map[string]int)
	for _, w := range o.owned {
		totals[w.owner]++
	}
	names := make([]string, 0, len(totals))
	for name := range totals {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b)) })
	named := make(map[string]bool)
	for _, name := range names[:min(len(names), maxOwners)] {
		named[name] = true
	}
	counts = make(map[string]map[finding.Severity]int)
	for _, w := range o.owned {
		owner := w.owner
		if !named[owner] {
			owner = otherOwners
		}
		if counts[owner] == nil {
			counts[owner] = make(map[finding.Severity]int)
		}
		counts[owner][w.severity]++
	}
	return counts, len(names) - len(named)
}
