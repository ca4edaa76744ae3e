// Package metrics declares what Daysix exports to Prometheus, and collects the state of the audit when it is scraped, so
// that no series outlives what it speaks of. Label values come from closed sets, or are bounded by a cap.
package metrics
