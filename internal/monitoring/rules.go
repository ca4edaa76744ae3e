package monitoring

import (
	"fmt"
	"time"

	"sigs.k8s.io/yaml"
)

// The files as Prometheus and its operator read them.
type (
	ruleFile struct {
		Groups []group `json:"groups"`
	}
	group struct {
		Name     string `json:"name"`
		Interval string `json:"interval"`
		Rules    []rule `json:"rules"`
	}
	rule struct {
		Record      string            `json:"record,omitempty"`
		Alert       string            `json:"alert,omitempty"`
		Expr        string            `json:"expr"`
		For         string            `json:"for,omitempty"`
		Labels      map[string]string `json:"labels,omitempty"`
		Annotations map[string]string `json:"annotations,omitempty"`
	}
	prometheusRule struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Metadata   map[string]string `json:"metadata"`
		Spec       ruleFile          `json:"spec"`
	}
)

// written says by what a file is written.
const written = "# Written by hack/monitoring: change internal/monitoring and run make generate.\n"

// RuleFile is a file for the rule_files of a Prometheus.
func RuleFile(pace Pace) ([]byte, error) { return encode(rules(pace)) }

// PrometheusRule is the same for the Prometheus operator, named for config/default to prefix.
func PrometheusRule(pace Pace) ([]byte, error) {
	return encode(prometheusRule{
		APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule",
		Metadata: map[string]string{"name": "rules", "namespace": "system"}, Spec: rules(pace),
	})
}

func encode(content any) ([]byte, error) {
	text, err := yaml.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", content, err)
	}
	return append([]byte(written), text...), nil
}

func rules(pace Pace) ruleFile {
	records := group{Name: "daysix.records", Interval: duration(pace.Interval)}
	for _, r := range Records(pace) {
		records.Rules = append(records.Rules, rule{Record: r.Name, Expr: r.Expr})
	}
	alerts := group{Name: "daysix.alerts", Interval: duration(pace.Interval)}
	for _, a := range Alerts(pace) {
		alerts.Rules = append(alerts.Rules, rule{
			Alert: a.Name, Expr: a.Expr, For: waits(a.For),
			Labels:      map[string]string{"severity": string(a.Severity)},
			Annotations: map[string]string{"summary": a.Summary, "description": a.Description, "runbook_url": a.Runbook()},
		})
	}
	return ruleFile{[]group{records, alerts}}
}

func waits(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return duration(d)
}
