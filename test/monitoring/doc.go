// Package monitoring runs a real Prometheus against a real control plane and the manager: what is shipped to Prometheus and
// Grafana is put to use. The rules are those that are shipped, at a pace that a test can wait for.
//
// Prometheus and promtool are those of bin/prometheus, which hack/prometheus.sh fills, or of PROMETHEUS_BIN.
package monitoring
