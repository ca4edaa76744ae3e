// Command monitoring writes what follows from the metrics and the rules into the repository at a path: config/prometheus and
// the tables of docs/.
//
//	monitoring ../..
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/daysix/daysix/internal/monitoring"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: monitoring REPOSITORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(root string) error {
	pace := monitoring.Shipped()
	for _, file := range []struct {
		path    string
		content func() ([]byte, error)
	}{
		{"config/prometheus/rules.yaml", func() ([]byte, error) { return monitoring.RuleFile(pace) }},
		{"config/prometheus/prometheus_rule.yaml", func() ([]byte, error) { return monitoring.PrometheusRule(pace) }},
		{"docs/metrics.md", func() ([]byte, error) { return metricsPage(), nil }},
		{"docs/alerts.md", func() ([]byte, error) { return alertsPage(pace), nil }},
	} {
		content, err := file.content()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, file.path), content, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", file.path, err)
		}
	}
	return nil
}
