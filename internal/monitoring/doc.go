// Package monitoring declares what Prometheus derives from the metrics of Daysix: recording rules, and alerts with their
// runbooks. It is data: the files under config/prometheus and docs/alerts.md are written from it by hack/monitoring.
//
//go:generate go run ../../hack/monitoring ../..
//go:generate env GOWORK=off go run -C ../../hack/dashboards . ../../config/components/grafana
package monitoring
