package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/daysix/daysix/internal/admission"
)

// faultyKinds are the kinds of object that decide about pods, each with its bindings, where it has any.
var faultyKinds = [...]string{
	string(admission.MutatingPolicy), string(admission.MutatingPolicy) + bindingOf, string(admission.MutatingWebhooks),
	string(admission.ValidatingPolicy), string(admission.ValidatingPolicy) + bindingOf, string(admission.ValidatingWebhooks),
}

const bindingOf = "Binding"

// policyFaults collects, at the time of a scrape, what decides about pods and cannot be read.
type policyFaults struct {
	list func() []admission.Fault
	desc *prometheus.Desc
}

// NewPolicyFaults returns a collector of the objects that have a fault, of which list gives all.
func NewPolicyFaults(list func() []admission.Fault) prometheus.Collector {
	return &policyFaults{list: list, desc: prometheus.NewDesc(prometheus.BuildFQName(namespace, "", "policy_faults"),
		"Policies, bindings and configurations of webhooks that decide about pods and cannot be evaluated as a whole: an expression "+
			"does not compile, or a value is not known.", []string{"kind"}, nil)}
}

// Describe implements prometheus.Collector.
func (p *policyFaults) Describe(out chan<- *prometheus.Desc) { out <- p.desc }

// Collect implements prometheus.Collector. Every kind has its series, so that one that falls to zero is seen to do so.
func (p *policyFaults) Collect(out chan<- prometheus.Metric) {
	type object struct{ kind, name string }
	faulty := map[object]bool{}
	for _, fault := range p.list() {
		o := object{string(fault.Policy.Kind), fault.Policy.Name}
		if fault.Binding != "" {
			o = object{o.kind + bindingOf, fault.Binding}
		}
		faulty[o] = true
	}
	counts := map[string]int{}
	for o := range faulty {
		counts[o.kind]++
	}
	for _, kind := range faultyKinds {
		out <- prometheus.MustNewConstMetric(p.desc, prometheus.GaugeValue, float64(counts[kind]), kind)
	}
}
